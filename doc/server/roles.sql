-- Two roles of PostgreSQL: avec_owner owns the tables and updates the modules,
-- avec_run serves and may neither make, change nor drop a table.
--
-- As the administrator of PostgreSQL, first:
--
--     createuser --pwprompt avec_owner
--     createuser --pwprompt avec_run
--     createdb --owner=avec_owner --encoding=UTF8 --template=template0 avec
--     psql --file=roles.sql avec
--
-- It can be run again, and is after a restore.

DO $$ BEGIN
    EXECUTE format(
        'REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO avec_run, avec_owner',
        current_database());
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO avec_owner;
GRANT USAGE ON SCHEMA public TO avec_run;

-- What there is
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
    TO avec_run;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO avec_run;

-- What an update adds
ALTER DEFAULT PRIVILEGES FOR ROLE avec_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO avec_run;
ALTER DEFAULT PRIVILEGES FOR ROLE avec_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO avec_run;
