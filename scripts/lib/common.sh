# shellcheck shell=bash
# Sourced by the scripts: where things are, and how to speak. Paths in WUWEI_* may be relative to the caller's folder.
repo=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
WUWEI_LOCAL=$(realpath -m -- "${WUWEI_LOCAL:-$repo/.local}")
export WUWEI_LOCAL DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export PATH="$PATH:/usr/sbin:/sbin" # mariadbd, also for those who are not root

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# usage: prints the comment at the top of the calling script.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

# taken PORT: somebody listens on it.
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# use_keys: names the file with the server's keys, and the folder of its pictures.
use_keys() {
  WUWEI_KEYS=$(realpath -m -- "${WUWEI_KEYS:-$WUWEI_LOCAL/keys.json}")
  WUWEI_PICTURES=$(realpath -m -- "${WUWEI_PICTURES:-$WUWEI_LOCAL/pictures}")
  export WUWEI_KEYS WUWEI_PICTURES
}

# wuwei VERB…: the operator's program, in place of this process (call it last, or in the background).
wuwei() { exec dotnet "$repo/artifacts/bin/WuWei.Operator/release/wuwei.dll" "$@"; }
