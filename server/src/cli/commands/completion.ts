import { usageError } from "../arguments.ts";
import type { Command } from "../command.ts";

/** Each script asks `llmspell-state __complete SHELL LINE` for the words that may follow. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_llmspell_state() {
  local line="\${COMP_LINE:0:COMP_POINT}" IFS=$'\\n'
  COMPREPLY=($(llmspell-state __complete bash "$line" 2>/dev/null))
  # bash takes a colon for the end of a word: what stands before it is there already.
  local word="\${line##* }"
  if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${word%:*}:"}")
  fi
}
complete -o default -F _llmspell_state llmspell-state`,
  zsh: `#compdef llmspell-state
_llmspell_state() {
  local -a found
  found=("\${(@f)$(llmspell-state __complete zsh "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n $found[1] ]]; then compadd -Q -- $found; else _files; fi
}
compdef _llmspell_state llmspell-state`,
  fish: `function __llmspell_state_words
  set -g __llmspell_state_found (llmspell-state __complete fish (commandline -cp) 2>/dev/null)
  test (count $__llmspell_state_found) -gt 0
end
# Files are offered where there are no words.
complete -c llmspell-state -n __llmspell_state_words -f -a '$__llmspell_state_found'`,
};

export const completion: Command = {
  name: "completion",
  usages: ["bash|zsh|fish"],
  summary: 'Print a script that completes on Tab: eval "$(llmspell-state completion bash)"',
  words: [1, 1],
  completes: ["shell"],
  options: {},
  run: async ({ args, output }) => {
    const [shell = ""] = args.words;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined) {
      throw usageError(`There is no completion for ${shell}.`, "Use bash, zsh or fish.");
    }
    output.answer({ script }, () => script);
    return 0;
  },
};
