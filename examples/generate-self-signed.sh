#!/usr/bin/env bash
# Makes a root of your own, a client certificate that it signs, and the chain file to hand over.
#
#   generate-self-signed.sh "Acme Payments" [FOLDER]
#
# This is the script of ConnectPay's documentation, mended so that its output has no finding at all: 2048-bit keys,
# the company in both common names, keyUsage on the root, extendedKeyUsage on the leaf.
# Keep the two .key files to yourself; hand over client-chain.pem alone.
set -euo pipefail

company=${1:?usage: generate-self-signed.sh COMPANY [FOLDER]}
folder=${2:-.}
mkdir -p "$folder"
cd "$folder"
umask 077

# The root: valid for ten years, so that it outlives the leaf.
openssl genrsa -out rootCA.key 2048
openssl req -x509 -new -key rootCA.key -sha256 -days 3650 -out rootCA.pem \
    -subj "/CN=$company Root CA/O=$company" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"

# The leaf: 750 days, with a random serial number of 128 bits.
openssl genrsa -out client.key 2048
openssl req -new -key client.key -out client.csr -subj "/CN=$company client/O=$company"
cat > client.ext <<'EXT'
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
EXT
openssl x509 -req -in client.csr -CA rootCA.pem -CAkey rootCA.key \
    -set_serial "0x$(openssl rand -hex 16)" -sha256 -days 750 -extfile client.ext -out client-cert.pem
rm client.csr client.ext

# Leaf first, root last.
cat client-cert.pem rootCA.pem > client-chain.pem
echo "hand over $folder/client-chain.pem"
