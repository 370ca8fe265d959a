// What is wrong with a certificate, or with a TLS handshake, as one would tell a colleague who can do something about
// it: a date, a name, an issuer. Pure text, any thread.
#pragma once

#include <openssl/types.h>

#include <string>

namespace gannet::net {

/// Of the chain being verified, inside OpenSSL's verify callback: only there is the refused certificate at hand.
/// "expired on 2026-03-01", "made out to a.example, *.a.example, not to b.example".
std::string certificate_trouble(X509_STORE_CTX* verifying, const std::string& host);

/// Of the last failed OpenSSL call of this thread; clears its error queue. What the peer said in an alert is told as
/// its words.
std::string tls_trouble();

}  // namespace gannet::net
