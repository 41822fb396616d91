# shellcheck shell=bash disable=SC2154 # $repo comes from common.sh
# Sourced by scripts/run and scripts/test: what they start ends with them. A shell that waits for a program in the
# foreground is deaf to signals until that ends; so all run in the background, and the shell waits.
child='' server='' stub='' own_services=''

# step COMMAND…: runs it to its end. Locks (file descriptors 8 and 9) stay here, out of what it may leave running.
step() {
  local code=0
  "$@" 8>&- 9>&- &
  child=$!
  wait "$child" || code=$?
  child=''
  return "$code"
}

# use_services: the databases of scripts/services; those already running stay when we end.
use_services() {
  "$repo/scripts/services" status >/dev/null || own_services=yes
  step "$repo/scripts/services" start
  eval "$("$repo/scripts/services" env)"
}

# use_wechat_stub: what stands in for WeChat on a port of its own, and the settings that name it.
use_wechat_stub() {
  local port tenth
  while port=$((20000 + RANDOM % 12000)) && taken "$port"; do :; done
  export WeChat__BaseAddress=http://127.0.0.1:$port WeChat__Apps__0__Id=wxdemo0000000001 WeChat__Apps__0__Kind=MiniProgram
  WeChat__Apps__0__Secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  WeChat__Apps__0__PushToken=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  export WeChat__Apps__0__Secret WeChat__Apps__0__PushToken
  export ContentChecks__PublicAddress=${ContentChecks__PublicAddress-http://127.0.0.1:${WUWEI_PUBLIC_PORT-}}
  setpriv --pdeathsig TERM dotnet "$repo/artifacts/bin/WuWei.WeChatStub/release/wechat-stub.dll" "$port" 8>&- 9>&- &
  stub=$!
  for ((tenth = 0; tenth < 300; tenth++)); do
    ! taken "$port" || break
    kill -0 "$stub" 2>/dev/null || die "what stands in for WeChat ended"
    sleep 0.1
  done
  say "WeChat's stand-in for $WeChat__Apps__0__Id: $WeChat__BaseAddress"
}

# finish: ends the program in progress, the server and what stands in for WeChat, and the services.
finish() {
  trap '' INT TERM HUP
  local started=(${child:+"$child"} ${server:+"$server"} ${stub:+"$stub"}) tenth
  if ((${#started[@]})) && kill "${started[@]}" 2>/dev/null; then
    for ((tenth = 0; tenth < 150; tenth++)); do
      kill -0 "${started[@]}" 2>/dev/null || break
      sleep 0.1
    done
    if kill -KILL "${started[@]}" 2>/dev/null; then say "the server did not end within 15 seconds; killed it"; fi
  fi
  if [[ $own_services ]]; then "$repo/scripts/services" stop || true; fi
}
