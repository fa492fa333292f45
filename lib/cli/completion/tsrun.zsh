#compdef tsrun
# zsh completion for tsrun

_tsrun() {
  local line
  local -a lines candidates
  lines=("${(@f)$($words[1] complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
    :files)
      compset -P '-*='
      _files
      return ;;
    :directories)
      compset -P '-*='
      _files -/
      return ;;
  esac
  for line in $lines; do
    # A colon stands between word and description, and is escaped in a word.
    line=${line//:/\\:}
    candidates+=("${line/$'\t'/:}")
  done
  _describe -t words tsrun candidates
}

if [[ $funcstack[1] == _tsrun ]]; then
  _tsrun "$@"
else
  compdef _tsrun tsrun
fi
