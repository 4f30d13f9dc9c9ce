#!/bin/sh
# Creates the secrets of compose.yaml, once: `deploy/first_secrets.sh auth.example.com admin@example.com`.
# Afterwards put the certificate and its key beside it, as secrets/tls.pem and secrets/tls.key (owner root, mode 0600).
set -eu
umask 077
cd "$(dirname "$0")"
host=${1:?the public host name of the service, such as auth.example.com}
admin=${2:?the e-mail address of the first admin}

random() {  # $1 random bytes, as text that is valid in a URL
    head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'
}

mkdir secrets || { echo "secrets/ exists already; nothing was changed." >&2; exit 1; }
database=$(random 24)
random 24 > secrets/mongo_root_password
printf '%s' "$database" > secrets/mongo_app_password
# Other users read these two inside the containers. On this host the mode of the folder protects them.
chmod 644 secrets/mongo_root_password secrets/mongo_app_password
cat > secrets/auth_service.env <<END
DB_URL=mongodb://auth_service:$database@mongo1,mongo2,mongo3/auth_service?replicaSet=rs0
JWT_SECRET=$(random 48)
SEED_ADMIN_ON_START=true
ADMIN_EMAIL=$admin
ADMIN_PASSWORD=$(random 18)
# The city database, once MAXMIND_LICENSE_KEY or GEO_DOWNLOAD_URL is set:
# GEO_DB_FILE_PATH=/var/lib/auth_service/city.mmdb
END
printf 'AUTH_HOST=%s\n' "$host" > .env
echo "Created $(pwd)/secrets and $(pwd)/.env. The admin's first password is ADMIN_PASSWORD in secrets/auth_service.env."
