# shellcheck shell=bash
# Sourced by scripts/services: the private Redis. A cache: it writes nothing to disk and forgets when it ends.

launch_redis() {
  local server=redis-server
  if ! type redis-server &>/dev/null; then # the very same program, as redis-tools installs it
    ln -sf "$(type -P redis-check-rdb)" redis/redis-server
    server=./redis-server
  fi
  printf '%s\n' 'bind 127.0.0.1' "port $REDIS_PORT" "requirepass $REDIS_PASSWORD" 'save ""' 'appendonly no' \
    'maxmemory 1gb' 'maxmemory-policy allkeys-lru' 'daemonize no' >redis/redis.conf
  detach redis "$server" redis.conf
}

answers_redis() {
  local answer
  answer=$(exec 3<>"/dev/tcp/127.0.0.1/$REDIS_PORT" && printf 'AUTH %s\r\n' "$REDIS_PASSWORD" >&3 &&
    read -r -t 2 answer <&3 && echo "$answer") 2>/dev/null
  [[ $answer == +OK* ]]
}
