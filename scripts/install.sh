#!/bin/sh
# Install a requirements file into an environment, which is made where there is none.
#
#     scripts/install.sh requirements.txt
#     scripts/install.sh requirements-dev.txt .venv-3.13 3.13
#
# The environment is .venv, of whatever Python there is, unless both are named. A stamp inside it is
# named after the content of the requirements, so a second call with the same content does nothing,
# and a checkout that merely touches the files does nothing either. Packages that are there already
# and satisfy the bounds (a CPU build of torch, say) are kept.
set -eu
cd "$(dirname "$0")/.."

folder=${2:-.venv}
wanted=${3-}
stamp_for() {
    echo "$folder/.installed-$1-$(cat requirements.txt "$1" | cksum | cut -d ' ' -f 1)"
}

[ -e "$(stamp_for "$1")" ] && exit 0

# uv fetches a Python where this machine has none.
if uv --version >/dev/null 2>&1; then
    if ! [ -x "$folder/bin/python" ]; then
        python=$(scripts/python.sh "$wanted" 2>/dev/null || echo "${wanted:->=3.11,<3.14}")
        uv venv --seed --python "$python" "$folder"
    fi
    install="uv pip install --python $folder/bin/python"
else
    if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(scripts/python.sh "$wanted")
        "$python" -m venv "$folder"
    fi
    install="$folder/bin/python -m pip install"
fi

supported='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
if ! "$folder/bin/python" -c "$supported"; then
    echo "The Python in $folder is not 3.11, 3.12 or 3.13: delete $folder and try again." >&2
    exit 1
fi

echo "Installing $1 into $folder (the first time this takes a few minutes and some gigabytes)"
$install -r "$1"

rm -f "$folder"/.installed-*
touch "$(stamp_for requirements.txt)" "$(stamp_for "$1")"
