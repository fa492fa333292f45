# bash completion for tsrun

_tsrun() {
  local program=$1 words=() lines=() i word last joined=
  # bash takes --root=x for three words, and replaces only the last of them.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ ${#words[@]} -gt 0 && $word == = && -z $joined ]]; then
      words[-1]+==
      joined=1
    elif [[ -n $joined ]]; then
      words[-1]+=$word
      joined=
    else
      words+=("$word")
    fi
  done
  last=${words[-1]}
  [[ $last == -*=* ]] && last=${last#*=}
  type -P -- "$program" >/dev/null || program=tsrun
  mapfile -t lines < <("$program" complete -- "${words[@]}" 2>/dev/null)
  COMPREPLY=()
  case ${lines[0]} in
    :files)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$last") ;;
    :directories)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$last") ;;
    *)
      for word in "${lines[@]%%$'\t'*}"; do
        [[ $word == -*=* ]] && word=${word#*=}
        COMPREPLY+=("$word")
      done ;;
  esac
}

complete -F _tsrun tsrun
