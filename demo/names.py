# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Names in both scripts to invent people and groups from"

__all__ = ['FAMILIES', 'FEMALE', 'GROUPS', 'MALE']


def _pairs(text):
    return [
        tuple(p.strip() for p in line.split('='))
        for line in text.strip().split(';') if line.strip()]


FEMALE = _pairs("""
    Fatima = فاطمة; Khadija = خديجة; Aïcha = عائشة; Zahra = زهرة;
    Malika = مليكة; Naïma = نعيمة; Rachida = رشيدة; Saïda = سعيدة;
    Latifa = لطيفة; Zineb = زينب; Hafida = حفيظة; Rabia = ربيعة;
    Fadma = فاضمة; Itto = إيطو; Tuda = تودة; Yamna = يامنة;
    Halima = حليمة; Mina = مينة; Touria = ثورية; Nezha = نزهة;
    Karima = كريمة; Samira = سميرة; Hanane = حنان; Ilham = إلهام;
    Loubna = لبنى; Meryem = مريم; Sanae = سناء; Houda = هدى;
    Asmae = أسماء; Ghizlane = غزلان; Ikram = إكرام; Chaïmae = شيماء;
    Fouzia = فوزية; Jamila = جميلة; Zohra = الزهرة; Ghita = غيثة;
    Kenza = كنزة; Najat = نجاة; Souad = سعاد; Amina = أمينة;
    Bouchra = بشرى; Hasna = حسناء; Imane = إيمان; Keltoum = كلثوم;
    Mahjouba = محجوبة; Rahma = رحمة; Tamou = تامو; Wafae = وفاء;
    Yasmina = ياسمينة; Hajar = هاجر
    """)
MALE = _pairs("""
    Mohamed = محمد; Ahmed = أحمد; Hassan = حسن; Brahim = إبراهيم;
    Lahcen = لحسن; Said = سعيد; Moha = موحى; Hammou = حمو;
    Youssef = يوسف; Abdellah = عبد الله; Mustapha = مصطفى;
    Rachid = رشيد; Driss = إدريس; Omar = عمر; Ali = علي;
    Khalid = خالد; Abdelkader = عبد القادر; Bouazza = بوعزة;
    Larbi = العربي; Salah = صلاح; Zaid = زايد; Bassou = باسو;
    Ayoub = أيوب; Hamza = حمزة; Mehdi = المهدي; Nabil = نبيل
    """)
FAMILIES = _pairs("""
    Aït Lahcen = آيت لحسن; Aït Brahim = آيت إبراهيم; Amrani = العمراني;
    Benali = بنعلي; Bouhaddou = بوحدو; Chafik = شفيق; Daoudi = داودي;
    El Alaoui = العلوي; El Amri = العمري; El Fassi = الفاسي;
    El Idrissi = الإدريسي; El Mansouri = المنصوري; Ezzahraoui = الزهراوي;
    Fadili = الفاضلي; Ghazi = الغازي; Haddou = حدو; Hamdaoui = الحمداوي;
    Idali = إيدالي; Jabri = الجابري; Kadiri = القادري; Khaldi = الخالدي;
    Lakhdar = لخضر; Mahfoudi = المحفوظي; Moutaouakil = المتوكل;
    Naciri = الناصري; Oubaha = أوباها; Ouchrif = أوشريف;
    Oukhouya = أوخويا; Oulhaj = أولحاج; Ouzzine = أوزين; Rahmani = الرحماني;
    Rifaï = الرفاعي; Sabri = الصبري; Saïdi = السعيدي; Sebti = السبتي;
    Tahiri = الطاهري; Tazi = التازي; Wahbi = الوهبي; Yaagoubi = اليعقوبي;
    Zaïdi = الزيدي; Zerouali = الزروالي; Aazzi = أعزي; Baddou = بدو;
    Boukhari = البخاري; Chakir = شاكر; Dahmani = الدحماني;
    Errami = الرامي; Ghannam = غنام; Harrak = الحراق; Kharbouch = خربوش
    """)
GROUPS = _pairs("""
    Al Amal = الأمل; Annour = النور; Tamaynut = تامينوت;
    Al Wifaq = الوفاق; Tawmat = تاومات; Al Baraka = البركة;
    Tissage Atlas = نسيج الأطلس; Al Massira = المسيرة; Tafat = تافات;
    Azzahr = الزهر; Tudert = تودرت; Al Ittihad = الاتحاد;
    Assafa = الصفاء; Tiwizi = تيويزي; Al Karama = الكرامة;
    Arrihana = الريحانة; Al Yassamine = الياسمين; Tanmirt = تانميرت;
    Al Moustaqbal = المستقبل; Al Kheir = الخير; Tigmi = تيكمي;
    Zaytouna = الزيتونة; Al Fath = الفتح; Tazzla = تازلا;
    Annahda = النهضة; Al Ward = الورد; Timizar = تيميزار;
    Attadamoun = التضامن; Al Izdihar = الازدهار; Aghbalou = أغبالو;
    Al Manbaa = المنبع; Taslit = تاسليت; Assalam = السلام;
    Tirra = تيرا; Al Hanae = الهناء; Rommana = الرمانة;
    Al Wafae = الوفاء; Tagmat = تاكمات; Addoha = الضحى;
    Louza = اللوزة; Al Irada = الإرادة; Tilelli = تيليلي;
    Al Fajr = الفجر; Safrane = الزعفران
    """)
