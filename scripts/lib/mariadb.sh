# shellcheck shell=bash
# Sourced by scripts/services: the private MariaDB. root comes in by the socket only, never over TCP; the two users
# get their passwords and rights again at each start, so that services.env is right whatever happened to it.
# The socket's name is relative to the folder the server works in: absolute, over 107 characters would be fatal.

launch_mariadb() {
  # Its own: when it starts it removes the temporary tables it finds there, which in /tmp are every server's.
  local -x TMPDIR=$PWD/mariadb-tmp
  mkdir -p "$TMPDIR"
  local as=()
  ((EUID)) || as=(--user=root)
  if [[ ! -d mariadb ]]; then # made aside, so that there never is half a data folder
    say "Creating the database's folder …"
    rm -rf mariadb.new
    mariadb-install-db --no-defaults "${as[@]}" --datadir=./mariadb.new --auth-root-authentication-method=socket \
      --auth-root-socket-user="$(id -un)" --skip-test-db --force >log/mariadb-install.log 2>&1 ||
      die "could not create the database's folder; see $WUWEI_LOCAL/log/mariadb-install.log"
    mv mariadb.new mariadb
  fi
  cat >mariadb-users.sql <<SQL
CREATE USER IF NOT EXISTS 'wuwei_owner'@'127.0.0.1';
ALTER USER 'wuwei_owner'@'127.0.0.1' IDENTIFIED BY '$OWNER_PASSWORD';
GRANT ALL PRIVILEGES ON \`wuwei%\`.* TO 'wuwei_owner'@'127.0.0.1' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS 'wuwei'@'127.0.0.1';
ALTER USER 'wuwei'@'127.0.0.1' IDENTIFIED BY '$SERVICE_PASSWORD';
SQL
  local memory_mb pool_mb
  memory_mb=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
  pool_mb=$((memory_mb / 8 > 512 ? memory_mb / 8 : 512))
  detach mariadb mariadbd --no-defaults "${as[@]}" --datadir="$PWD/mariadb" --init-file="$PWD/mariadb-users.sql" \
    --socket=mariadb.sock --bind-address=127.0.0.1 --port="$MARIADB_PORT" --skip-name-resolve \
    --character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size="${pool_mb}M" \
    --innodb-log-file-size=256M \
    --max-connections=300 --max-prepared-stmt-count=100000 --performance-schema=OFF
}

answers_mariadb() {
  MYSQL_PWD=$OWNER_PASSWORD mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$MARIADB_PORT" \
    --user=wuwei_owner --connect-timeout=2 --execute='SELECT 1' &>/dev/null
}
