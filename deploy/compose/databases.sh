#!/bin/bash
# Made from the code by `python -m kvitt.deployed`.
set -euo pipefail

psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/orders_owner`
CREATE ROLE orders_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/orders_api`
CREATE ROLE orders_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/orders_worker`
CREATE ROLE orders_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE orders OWNER orders_owner;
\c orders
REVOKE ALL ON DATABASE "orders" FROM PUBLIC;
GRANT CONNECT ON DATABASE "orders" TO "orders_owner", "orders_api", "orders_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "orders_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "orders_api", "orders_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "orders_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "orders_api", "orders_worker";
SQL
psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/bmb_owner`
CREATE ROLE bmb_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/bmb_api`
CREATE ROLE bmb_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/bmb_worker`
CREATE ROLE bmb_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE bmb OWNER bmb_owner;
\c bmb
REVOKE ALL ON DATABASE "bmb" FROM PUBLIC;
GRANT CONNECT ON DATABASE "bmb" TO "bmb_owner", "bmb_api", "bmb_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "bmb_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "bmb_api", "bmb_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "bmb_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "bmb_api", "bmb_worker";
SQL
psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/inventory_owner`
CREATE ROLE inventory_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/inventory_api`
CREATE ROLE inventory_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/inventory_worker`
CREATE ROLE inventory_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE inventory OWNER inventory_owner;
\c inventory
REVOKE ALL ON DATABASE "inventory" FROM PUBLIC;
GRANT CONNECT ON DATABASE "inventory" TO "inventory_owner", "inventory_api", "inventory_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "inventory_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "inventory_api", "inventory_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "inventory_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "inventory_api", "inventory_worker";
SQL
psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/billing_owner`
CREATE ROLE billing_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/billing_api`
CREATE ROLE billing_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/billing_worker`
CREATE ROLE billing_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE billing OWNER billing_owner;
\c billing
REVOKE ALL ON DATABASE "billing" FROM PUBLIC;
GRANT CONNECT ON DATABASE "billing" TO "billing_owner", "billing_api", "billing_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "billing_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "billing_api", "billing_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "billing_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "billing_api", "billing_worker";
SQL
psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/notifications_owner`
CREATE ROLE notifications_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/notifications_api`
CREATE ROLE notifications_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/notifications_worker`
CREATE ROLE notifications_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE notifications OWNER notifications_owner;
\c notifications
REVOKE ALL ON DATABASE "notifications" FROM PUBLIC;
GRANT CONNECT ON DATABASE "notifications" TO "notifications_owner", "notifications_api", "notifications_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "notifications_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "notifications_api", "notifications_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "notifications_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "notifications_api", "notifications_worker";
SQL
psql --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/kvitt/portal_owner`
CREATE ROLE portal_owner LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/portal_api`
CREATE ROLE portal_api LOGIN NOSUPERUSER PASSWORD :'password';
\set password `cat /run/secrets/kvitt/portal_worker`
CREATE ROLE portal_worker LOGIN NOSUPERUSER PASSWORD :'password';
CREATE DATABASE portal OWNER portal_owner;
\c portal
REVOKE ALL ON DATABASE "portal" FROM PUBLIC;
GRANT CONNECT ON DATABASE "portal" TO "portal_owner", "portal_api", "portal_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "portal_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "portal_api", "portal_worker";
ALTER DEFAULT PRIVILEGES FOR ROLE "portal_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "portal_api", "portal_worker";
SQL
