#include "net/certificate_words.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>
#include <vector>

#include "core/text.hpp"

namespace gannet::net {
namespace {

constexpr std::size_t most_names = 4;     // of a certificate for hundreds
constexpr std::size_t longest_name = 64;  // it is the server's text, and may be anything

std::string print_time(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

// The name by which people know this party: its common name, or else its organisation.
std::string party(const X509_NAME* name) {
  for (const int part : {NID_commonName, NID_organizationName}) {
    const int at = X509_NAME_get_index_by_NID(name, part, -1);
    if (at < 0) continue;
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (length < 0) continue;
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(text,
                                                                         [](unsigned char* p) { OPENSSL_free(p); });
    return on_one_line({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)}, longest_name);
  }
  return "somebody without a name";
}

std::string alternative_name(const GENERAL_NAME* name) {
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return {};
  const auto* data = ASN1_STRING_get0_data(value);
  const auto length = static_cast<std::size_t>(ASN1_STRING_length(value));
  if (type == GEN_DNS) return on_one_line({reinterpret_cast<const char*>(data), length}, longest_name);
  boost::asio::ip::address_v4::bytes_type v4;
  boost::asio::ip::address_v6::bytes_type v6;
  if (length == v4.size()) return std::copy_n(data, length, v4.begin()), boost::asio::ip::address_v4(v4).to_string();
  if (length == v6.size()) return std::copy_n(data, length, v6.begin()), boost::asio::ip::address_v6(v6).to_string();
  return {};
}

// The hosts that a certificate is for.
std::string made_out_to(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::vector<std::string> hosts;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    auto host = alternative_name(sk_GENERAL_NAME_value(names.get(), i));
    if (!host.empty()) hosts.push_back(std::move(host));
  }
  if (hosts.empty()) return party(X509_get_subject_name(certificate));
  std::string text;
  for (std::size_t i = 0; i < hosts.size() && i < most_names; ++i) text += (i == 0 ? "" : ", ") + hosts[i];
  if (hosts.size() > most_names) text += " and " + std::to_string(hosts.size() - most_names) + " more";
  return text;
}

// OpenSSL has no words for some.
std::string alert_words(int alert) {
  switch (alert) {
    case 0:
      return "close notify";
    case 86:
      return "inappropriate fallback";
    case 109:
      return "missing extension";
    case 116:
      return "it wants a certificate from us";
    default: {
      const std::string words = SSL_alert_desc_string_long(alert);
      return words == "unknown" ? "alert " + std::to_string(alert) : words;
    }
  }
}

std::string key_text(X509* certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (!key) return "unreadable";
  const char* type = EVP_PKEY_get0_type_name(key);
  return (type ? std::string(type) + " " : "") + std::to_string(EVP_PKEY_get_bits(key)) + " bits";
}

}  // namespace

std::string certificate_trouble(X509_STORE_CTX* verifying, const std::string& host) {
  const int verdict = X509_STORE_CTX_get_error(verifying);
  X509* certificate = X509_STORE_CTX_get_current_cert(verifying);
  const std::string usual = X509_verify_cert_error_string(verdict);
  if (!certificate) return usual;
  // Above the server's own certificate, it matters whose is meant.
  const bool is_issuer = X509_STORE_CTX_get_error_depth(verifying) > 0;
  const std::string whose = is_issuer ? "its issuer " + party(X509_get_subject_name(certificate)) + ": " : "";
  const std::string issuer = party(X509_get_issuer_name(certificate));
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + "expired on " + print_time(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + "not valid before " + print_time(X509_get0_notBefore(certificate));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      const auto owner = made_out_to(certificate);
      // An address counts as an alternative name of its own kind only (RFC 9110, 4.3.5).
      if (owner == host) return "names " + host + " as its common name or as a host name, which an address is not";
      return "made out to " + owner + ", not to " + host;
    }
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "self-signed, made out to " + made_out_to(certificate);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "unknown issuer " + issuer;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      // A server that sends its own certificate alone has most likely forgotten the others.
      return "unknown issuer " + issuer +
             (sk_X509_num(X509_STORE_CTX_get0_untrusted(verifying)) <= 1
                  ? "; the server sent no other certificate, one in between may be missing"
                  : "");
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return whose + "the signature of " + issuer + " is wrong";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
      return whose + "weak key, " + key_text(certificate);
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return whose + "weak signature, " + OBJ_nid2ln(X509_get_signature_nid(certificate));
    default:
      return whose + usual;
  }
}

std::string tls_trouble() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "connection closed";
  const int reason = ERR_GET_REASON(code);
  if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
    if (reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
      return "the server says: " + alert_words(reason - SSL_AD_REASON_OFFSET);
    }
    switch (reason) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_PACKET_LENGTH_TOO_LONG:
        return "the server does not speak TLS on this port";
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_NO_PROTOCOLS_AVAILABLE:
        return "the server speaks no TLS newer than 1.1";
      case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
        return "the server lacks secure renegotiation (RFC 5746)";
      case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return "connection closed";
      default:
        break;
    }
  }
  const char* text = ERR_reason_error_string(code);
  return text ? text : "error " + std::to_string(code);
}

}  // namespace gannet::net
