#!/bin/sh
# Install a requirements file into .venv, which is made where there is none.
#
#     scripts/install.sh requirements.txt
#
# A stamp inside .venv is named after the content of the requirements, so a second call with the
# same content does nothing, and a checkout that merely touches the files does nothing either.
# Packages that are there already and satisfy the bounds (a CPU build of torch, say) are kept.
set -eu
cd "$(dirname "$0")/.."

stamp_for() {
    echo ".venv/.installed-$1-$(cat requirements.txt "$1" | cksum | cut -d ' ' -f 1)"
}

is_supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        if is_supported "$candidate" && "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "Deepglass needs Python 3.11, 3.12 or 3.13 with its venv module: install one" \
        "(on Debian or Ubuntu: apt-get install python3 python3-venv)." >&2
    exit 1
}

[ -e "$(stamp_for "$1")" ] && exit 0

if uv --version >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --seed --python '>=3.11,<3.14' .venv
    install='uv pip install --python .venv/bin/python'
else
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        "$python" -m venv .venv
    fi
    install='.venv/bin/python -m pip install'
fi

if ! is_supported .venv/bin/python; then
    echo "The Python in .venv is not 3.11, 3.12 or 3.13: delete .venv (make clean) and try again." >&2
    exit 1
fi

echo "Installing $1 into .venv (the first time this takes a few minutes and some gigabytes)"
$install -r "$1"

rm -f .venv/.installed-*
touch "$(stamp_for requirements.txt)" "$(stamp_for "$1")"
