# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Where the groups are (standard library only)"
from dataclasses import dataclass

__all__ = ['COUNTRY', 'PROVINCES', 'REGIONS', 'Place', 'Province']


@dataclass(frozen=True)
class Place:
    "A name in the languages of the office"
    code: str
    fr: str
    ar: str
    en: str = ''

    @property
    def both(self):
        return f'{self.fr} / {self.ar}'


@dataclass(frozen=True)
class Province(Place):
    "A province with its number of groups and of members"
    region: str = ''
    groups: int = 0
    members: int = 0
    villages: tuple[tuple[str, str], ...] = ()


COUNTRY = Place('MA', "Maroc", "المغرب", "Morocco")
REGIONS = [
    Place('MA-02', "L'Oriental", "الشرق"),
    Place('MA-03', "Fès-Meknès", "فاس مكناس"),
    Place('MA-04', "Rabat-Salé-Kénitra", "الرباط سلا القنيطرة"),
    Place('MA-05', "Béni Mellal-Khénifra", "بني ملال خنيفرة"),
    ]
# The villages are invented
PROVINCES = [
    Province('MA-BEM', "Béni Mellal", "بني ملال",
        region='MA-05', groups=12, members=209,
        villages=(
            ("Aït Tamda", "آيت تمدة"),
            ("Oulad Zitoun", "أولاد زيتون"),
            ("Tizi Nwaman", "تيزي نوامان"),
            ("Douar Lkhir", "دوار الخير"),
            ("Aghbalou Mellouln", "أغبالو ملولن"),
            ("Oulad Rahmoun", "أولاد رحمون"))),
    Province('MA-AZI', "Azilal", "أزيلال",
        region='MA-05', groups=6, members=127,
        villages=(
            ("Aït Ouzrou", "آيت أوزرو"),
            ("Tamazirt Noufella", "تامازيرت نوفلا"),
            ("Imi n'Tala", "إيمي نتالا"))),
    Province('MA-FQH', "Fquih Ben Salah", "الفقيه بن صالح",
        region='MA-05', groups=5, members=108,
        villages=(
            ("Oulad Sebbar", "أولاد صبار"),
            ("Douar Ghdir", "دوار الغدير"),
            ("Oulad Nouar", "أولاد نوار"))),
    Province('MA-KHN', "Khénifra", "خنيفرة",
        region='MA-05', groups=5, members=105,
        villages=(
            ("Aït Oumnas", "آيت أومناس"),
            ("Tighza Oufella", "تيغزة أوفلا"),
            ("Aghbal n'Iaazza", "أغبال نيعزة"))),
    Province('MA-KHO', "Khouribga", "خريبكة",
        region='MA-05', groups=4, members=84,
        villages=(
            ("Oulad Hamdoun", "أولاد حمدون"),
            ("Bir Lkbir", "بير الكبير"))),
    Province('MA-HAJ', "El Hajeb", "الحاجب",
        region='MA-03', groups=5, members=107,
        villages=(
            ("Aït Yakhlef", "آيت يخلف"),
            ("Aïn Tsawt", "عين تساوت"),
            ("Bouderbala Jdid", "بودربالة الجديد"))),
    Province('MA-GUF', "Guercif", "جرسيف",
        region='MA-02', groups=4, members=86,
        villages=(
            ("Oulad Bourima Lfouqa", "أولاد بوريمة الفوقى"),
            ("Saka Tahtania", "صاكة التحتانية"))),
    Province('MA-SIL', "Sidi Slimane", "سيدي سليمان",
        region='MA-04', groups=3, members=61,
        villages=(
            ("Douar Lgfifat", "دوار الكفيفات"),
            ("Oulad Bendaoud", "أولاد بنداود"))),
    ]
