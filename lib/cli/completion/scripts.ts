import bash from "./tsrun.bash" with { type: "text" };
import fish from "./tsrun.fish" with { type: "text" };
import zsh from "./tsrun.zsh" with { type: "text" };

/**
 * What makes shells complete tsrun's command lines. The candidates come from `tsrun complete`, a line each, with a tab and
 * a description behind; a first line `:files` or `:directories` leaves them to the shell.
 */
export const COMPLETION_SCRIPTS = { bash, zsh, fish } as const;
