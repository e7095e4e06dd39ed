#!/bin/sh
# Print the path of a Python that can run the app, and has been seen to run.
#
#     scripts/python.sh                 the machine's own, else the newest there is
#     scripts/python.sh newest          the newest there is
#     scripts/python.sh 3.13            that version
#     scripts/python.sh /opt/py/python  that interpreter, by path or name
#     scripts/python.sh folder 3.13     where its environment goes: .venv-3.13
#
# It looks on PATH, then where pyenv and uv keep theirs. A name on PATH proves nothing: pyenv puts
# one there for each version, and they run only those that are switched on.
set -u

versions='3.13 3.12 3.11'

runs() {
    "$1" -c 'import ensurepip, sys, venv
sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1
}

newest_first() {
    ls -d "$@" 2>/dev/null | sort -rV
}

candidates() {
    pyenv=${PYENV_ROOT:-$(pyenv root 2>/dev/null || echo "${HOME-}/.pyenv")}
    uv=${UV_PYTHON_INSTALL_DIR:-$(uv python dir 2>/dev/null || echo "${HOME-}/.local/share/uv/python")}
    echo "python$1"
    newest_first "$pyenv/versions/$1"/bin/python "$pyenv/versions/$1".*/bin/python
    newest_first "$uv/cpython-$1"[.-]*/bin/python3
}

named() {
    case $1 in
    newest) for version in $versions; do candidates "$version"; done ;;
    '') echo python3 && named newest ;;
    [0-9]*) candidates "$1" ;;
    *) echo "$1" ;;
    esac
}

find_python() {
    named "$1" | while read -r candidate; do
        if runs "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            break
        fi
    done | grep . && return
    echo "Deepglass needs Python 3.11, 3.12 or 3.13 with its venv module${1:+, and found no $1}:" \
        "install one (on Debian or Ubuntu: apt-get install python3 python3-venv)." >&2
    return 1
}

version_of() {
    for version in $versions; do
        case $1 in "$version" | "$version".*) echo "$version" && return ;; esac
    done
    python=$(find_python "$1") && "$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

if [ "${1-}" = folder ]; then
    version=$(version_of "$2") && echo ".venv-$version"
else
    find_python "${1-}"
fi
