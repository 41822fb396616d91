# shellcheck shell=bash
# Sourced by scripts/services: the programs of MariaDB and Redis, from packages that bring no system services.

install_missing() {
  local packages=() as=(env)
  type mariadbd mariadb-install-db &>/dev/null || packages+=(mariadb-server-core)
  type mariadb &>/dev/null || packages+=(mariadb-client-core)
  type redis-server &>/dev/null || type redis-check-rdb &>/dev/null || packages+=(redis-tools)
  ((${#packages[@]})) || return 0
  type apt-get &>/dev/null || die "install MariaDB and Redis (on Debian: ${packages[*]})"
  if ((EUID)); then as=(sudo env); fi
  type "${as[0]}" &>/dev/null || die "as root: apt-get install ${packages[*]}"
  say "Installing ${packages[*]} (a minute) …"
  as+=(DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  "${as[@]}" update >&2 || say "apt-get update failed; trying with the lists there are"
  "${as[@]}" install -y --no-install-recommends "${packages[@]}" >&2 || die "could not install ${packages[*]}"
}
