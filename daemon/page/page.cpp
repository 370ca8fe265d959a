#include "page/page.hpp"

#include <openssl/evp.h>

#include "page/style.hpp"

namespace gannet::page {
namespace {

// What a browser is to allow: our style, by its hash, and images that are in the page. No script, no network.
std::string policy() {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto text = style.text();
  if (EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  return "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
         base64({reinterpret_cast<const char*>(hash), size}) + '\'';
}

}  // namespace

std::string draw(const JobFacts& job, const Digest& digest, const Sheet& sheet) {
  Html out;
  out << "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
         "http-equiv=\"Content-Security-Policy\" "
         "content=\""_html
      << policy()
      << "\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" "
         "content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\"><meta name=\"robots\" "
         "content=\"noindex\"><title>"_html
      << (job.source.empty() ? job.id : job.source) << ": gannet report</title><style>"_html << style
      << "</style></head>\n<body>"_html << masthead(job, digest) << "<main>"_html << over_time(digest)
      << why_not(digest) << hosts(digest) << latency(digest) << images(digest) << answers(digest)
      << contact_sheet(sheet) << "</main>"_html << colophon(job, digest) << "</body></html>\n"_html;
  return out.text();
}

}  // namespace gannet::page
