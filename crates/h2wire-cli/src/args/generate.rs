//! Where completions and manual pages go.

pub(super) const COMPLETIONS: &str = "\
Where to write them:
  bash        h2wire completions bash > ~/.local/share/bash-completion/completions/h2wire
  zsh         h2wire completions zsh > DIRECTORY/_h2wire, in a directory of $fpath
  fish        h2wire completions fish > ~/.config/fish/completions/h2wire.fish
  powershell  h2wire completions powershell | Out-String | Invoke-Expression, in $PROFILE
  elvish      eval (h2wire completions elvish | slurp), in rc.elv";

pub(super) const MAN: &str = "\
Read one with `h2wire man | man -l -`. Install all with `h2wire man ~/.local/share/man/man1`.";
