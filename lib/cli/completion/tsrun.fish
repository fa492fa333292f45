# fish completion for tsrun

function __tsrun_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    set -l prefix (string match -r -- '^-[^=]*=' "$current")
    set -l path (string replace -r -- '^-[^=]*=' '' "$current")
    switch "$lines[1]"
        case :files
            __fish_complete_path "$path" | string replace -r '^' -- "$prefix"
        case :directories
            __fish_complete_directories "$path" '' | string replace -r '^' -- "$prefix"
        case '*'
            printf '%s\n' $lines
    end
end

complete -c tsrun -f -a '(__tsrun_complete)'
