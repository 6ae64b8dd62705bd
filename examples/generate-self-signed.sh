#!/usr/bin/env bash
# Makes an own root CA and a client certificate for ConnectPay, as its documentation describes, with what
# chainlint would remark on mended: keys of 2048 bits, the company in the root's common name, keyUsage on the
# root, and extendedKeyUsage on the leaf.
#
#   generate-self-signed.sh COMPANY [FOLDER]
#
# Hand client-chain.pem to ConnectPay, and nothing else. Keep client.key where the application alone can read
# it, and rootCA.key away from any server: whoever has it can log in as you.
set -euo pipefail
umask 077

company=${1:-}
folder=${2:-.}
if [[ -z $company || $company =~ ^[Mm][Yy][Cc][Oo][Mm][Pp][Aa][Nn][Yy]$ ]]; then
    echo "usage: ${0##*/} COMPANY [FOLDER], with your company's own name" >&2
    exit 2
fi
for file in rootCA.key rootCA.pem client.key client-cert.pem client-chain.pem; do
    if [[ -e $folder/$file ]]; then
        echo "$folder/$file is there already, and is not overwritten" >&2
        exit 2
    fi
done
mkdir -p -- "$folder"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# Quoted, so that slashes, quotes, dollars and equals signs in the name do no harm.
quoted=${company//\\/\\\\}
quoted=${quoted//\"/\\\"}
quoted=${quoted//\$/\\\$}

# configuration NAME: what openssl needs to make a certificate whose common name ends so
configuration() {
    cat <<END
[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = name

[name]
commonName = "$quoted $1"
organizationName = "$quoted"

[root]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash

[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
}
configuration "Root CA" >"$scratch/root.cnf"
configuration "client" >"$scratch/leaf.cnf"

# 128 random bits; the number takes a seventeenth octet when the first bit is set.
serial() { echo "0x$(openssl rand -hex 16)"; }

openssl genrsa -out "$folder/rootCA.key" 2048
openssl req -x509 -new -config "$scratch/root.cnf" -extensions root -key "$folder/rootCA.key" \
    -sha256 -days 3650 -set_serial "$(serial)" -out "$folder/rootCA.pem"

openssl genrsa -out "$folder/client.key" 2048
openssl req -new -config "$scratch/leaf.cnf" -key "$folder/client.key" -out "$scratch/client.csr"
openssl x509 -req -in "$scratch/client.csr" -CA "$folder/rootCA.pem" -CAkey "$folder/rootCA.key" \
    -extfile "$scratch/leaf.cnf" -extensions leaf \
    -sha256 -days 750 -set_serial "$(serial)" -out "$folder/client-cert.pem"

# Leaf first, root last.
cat "$folder/client-cert.pem" "$folder/rootCA.pem" >"$folder/client-chain.pem"
echo "Hand over $folder/client-chain.pem. The keys in $folder stay with you."
