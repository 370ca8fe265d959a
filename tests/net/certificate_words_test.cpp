#include "net/certificate_words.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

namespace gannet::net {
namespace {

std::string words_for_alert(int alert) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_SSL, SSL_AD_REASON_OFFSET + alert);
  return tls_trouble();
}

TEST(TlsTrouble, TellsEveryAlertInWordsOrByItsNumber) {
  EXPECT_EQ(words_for_alert(0), "the server says: close notify");
  EXPECT_EQ(words_for_alert(40), "the server says: handshake failure");
  EXPECT_EQ(words_for_alert(86), "the server says: inappropriate fallback");
  EXPECT_EQ(words_for_alert(109), "the server says: missing extension");
  EXPECT_EQ(words_for_alert(116), "the server says: it wants a certificate from us");
  EXPECT_EQ(words_for_alert(200), "the server says: alert 200");
}

TEST(CertificateTrouble, AnAddressAsCommonNameIsToldAsThat) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> verifying(X509_STORE_CTX_new(),
                                                                                  &X509_STORE_CTX_free);
  X509_STORE_CTX_set_error(verifying.get(), X509_V_ERR_IP_ADDRESS_MISMATCH);
  X509_STORE_CTX_set_current_cert(verifying.get(), certificate.get());
  EXPECT_EQ(certificate_trouble(verifying.get(), "127.0.0.1"),
            "names 127.0.0.1 as its common name or as a host name, which an address is not");
  EXPECT_EQ(certificate_trouble(verifying.get(), "127.0.0.2"), "made out to 127.0.0.1, not to 127.0.0.2");
}

}  // namespace
}  // namespace gannet::net
