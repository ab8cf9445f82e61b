#!/bin/sh
# Makes sure that Java 17 or newer (with its compiler) and Maven are there: uses what is present, else installs them with
# the system's package manager, else fails with one line that says so.
present() {
  command -v javac >/dev/null && command -v mvn >/dev/null &&
    [ "$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')" -ge 17 ] 2>/dev/null
}
present && exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
# Systems differ in which of the newer Javas they carry: 17 where it is had, else what they take for current.
if command -v apt-get >/dev/null; then
  install() {
    $as_root apt-get update -qq &&
      { $as_root apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless maven ||
        $as_root apt-get install -y -qq --no-install-recommends default-jdk-headless maven; }
  }
elif command -v dnf >/dev/null; then
  install() {
    $as_root dnf install -y -q java-17-openjdk-devel maven || $as_root dnf install -y -q java-latest-openjdk-devel maven
  }
elif command -v apk >/dev/null; then
  install() {
    $as_root apk add -q openjdk17-jdk maven
  }
else
  install() {
    echo "there is no apt-get, dnf or apk"
    return 1
  }
fi
said=$(install 2>&1)
present && exit 0
said=$(printf '%s\n' "$said" | sed -n '$p')
echo "The Elasticsearch tests need Java 17 or newer (a JDK) and Maven: neither found nor installed (${said:-too old})." >&2
exit 1
