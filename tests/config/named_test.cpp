#include "config/named.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config_file.hpp"
#include "net/certificates.hpp"

namespace gannet::config {
namespace {

// What an authority revoked: PEM too, but nobody to trust.
void write_revocations(const std::filesystem::path& path) {
  const auto authority = net::make_authority();
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), &X509_CRL_free);
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> now(ASN1_TIME_set(nullptr, 0), &ASN1_TIME_free);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.x509.get()));
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256());
  const std::unique_ptr<FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "w"), &std::fclose);
  PEM_write_X509_CRL(file.get(), list.get());
}

TEST(Named, AFileOfCertificatesHoldsOneAtLeast) {
  const net::TrustFile good(net::make_authority());
  EXPECT_EQ(wrong_with_certificates(good.path()), "");
  const ConfigFile empty("");
  EXPECT_TRUE(wrong_with_certificates(empty.path()).starts_with("it holds no certificates that can be read ("));
  const ConfigFile broken("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  EXPECT_TRUE(wrong_with_certificates(broken.path()).starts_with("it holds no certificates that can be read ("));
  const ConfigFile revoked("");
  write_revocations(revoked.path());
  EXPECT_EQ(wrong_with_certificates(revoked.path()), "it holds lists of revoked certificates alone");
}

TEST(Named, WhatIsNoFileIsToldSoWithoutWaiting) {
  const ConfigFile file("");
  EXPECT_EQ(wrong_with_file(file.path()), "");
  EXPECT_EQ(wrong_with_file(file.folder()), "it is not a file");
  EXPECT_EQ(wrong_with_file(file.folder() / "none"), "it cannot be read, No such file or directory");
  const auto pipe = file.folder() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(wrong_with_file(pipe), "it is not a file");
}

TEST(Named, InterfacesAreLookedForByNameOrNumber) {
  for (const auto* there : {"fe80::1%lo", "[fe80::1%lo]:53", "fe80::1%1", "192.0.2.1", "[2001:db8::1]:53"}) {
    EXPECT_TRUE(has_interface(there)) << there;
  }
  for (const auto* missing : {"fe80::1%no-such", "[fe80::1%no-such]:53", "fe80::1%99999999", "fe80::1%"}) {
    EXPECT_FALSE(has_interface(missing)) << missing;
  }
}

TEST(Named, WhatIsWrongStandsInTheMistake) {
  const ConfigFile certificates("nothing of the kind");
  const auto path = certificates.path().string();
  EXPECT_TRUE(mistakes_in("fetch.tls.ca_file: " + path + "\n")
                  .starts_with("gannet.yaml:1: fetch.tls.ca_file: '" + path +
                               "' is not accepted: it holds no certificates that can be read ("));
  EXPECT_EQ(mistakes_in("fetch.dns.servers: ['fe80::1%no-such']\n"),
            "gannet.yaml:1: fetch.dns.servers: 'fe80::1%no-such' is not accepted: this machine has no such network "
            "interface; a list of addresses, with a port if not 53, such as 192.0.2.1:5353 or [2001:db8::1]:53\n");
}

}  // namespace
}  // namespace gannet::config
