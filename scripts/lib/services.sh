# shellcheck shell=bash
# Sourced by scripts/services, in $WUWEI_LOCAL: how MariaDB and Redis are started and ended.
# NAME is mariadb or redis; each works in the folder NAME, is known by NAME.pid and speaks to log/NAME.log.

# running NAME: the process of NAME.pid lives and is ours (a reused process number works in another folder).
running() { [[ -f $1.pid && /proc/$(<"$1.pid")/cwd -ef $1 ]]; }

start_both() {
  [[ -f services.env ]] || end mariadb redis # their passwords are lost; they get new ones
  local name
  for name in OWNER_PASSWORD SERVICE_PASSWORD REDIS_PASSWORD; do
    [[ ${!name-} ]] || printf -v "$name" %s "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  done
  for name in mariadb redis; do launch "$name"; done
  for name in mariadb redis; do
    await "$name" && continue
    say "$name ended at once; once more" # somebody may have been quicker to take its port
    launch "$name"
    await "$name" || die "$name does not start; its last words are above"
  done
}

# launch NAME: starts it unless it runs, on the port it had, or on another if somebody took that one.
launch() {
  running "$1" && return
  local port=${1^^}_PORT name
  while [[ ! ${!port-} ]] || taken "${!port}"; do printf -v "$port" %s $((20000 + RANDOM % 12000)); done
  for name in {MARIADB,REDIS}_PORT {OWNER,SERVICE,REDIS}_PASSWORD; do echo "$name=${!name-}"; done >services.env.new
  mv services.env.new services.env
  "launch_$1"
}

# await NAME: until it answers, which takes longer after a crash; fails if it ends.
await() {
  local tenth
  for ((tenth = 0; tenth < 1200; tenth++)); do
    "answers_$1" && return
    running "$1" || { tail -n 15 "log/$1.log" >&2; return 1; }
    ((tenth != 50)) || say "waiting for $1 …"
    sleep 0.1
  done
  die "$1 runs but has not answered for two minutes; see $WUWEI_LOCAL/log/$1.log"
}

# detach NAME COMMAND…: runs on in NAME's folder when this shell and its terminal are gone.
detach() {
  pushd "$1" >/dev/null || return
  setsid "${@:2}" </dev/null >>"../log/$1.log" 2>&1 8>&- 9>&- &
  echo $! >"../$1.pid"
  popd >/dev/null || return
}

# end NAME…: asks politely, waits up to 30 s, then insists.
end() {
  local name
  for name; do ! running "$name" || kill "$(<"$name.pid")" || true; done
  for name; do
    gone "$name" 30 && continue
    say "$name does not end; killing it"
    kill -KILL "$(<"$name.pid")" || true
    gone "$name" 5 || die "$name cannot be killed"
  done
}

# gone NAME SECONDS: it ended within that time.
gone() {
  local tenth
  for ((tenth = 0; tenth < $2 * 10; tenth++)); do
    running "$1" || return 0
    sleep 0.1
  done
  return 1
}
