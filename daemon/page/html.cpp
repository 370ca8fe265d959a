#include "page/html.hpp"

#include <openssl/evp.h>

#include <cstdio>

#include "report/human.hpp"

namespace gannet::page {

Html& Html::operator<<(std::string_view outside) {
  for (const char c : report::printable(outside)) {
    switch (c) {
      case '&':
        text_ += "&amp;";
        break;
      case '<':
        text_ += "&lt;";
        break;
      case '>':
        text_ += "&gt;";
        break;
      case '"':
        text_ += "&quot;";
        break;
      case '\'':
        text_ += "&#39;";
        break;
      default:
        text_ += c;
    }
  }
  return *this;
}

Html& Html::operator<<(double number) {
  char text[64];
  int size = std::snprintf(text, sizeof text, "%.2f", number);
  while (size > 0 && text[size - 1] == '0') --size;
  if (size > 0 && text[size - 1] == '.') --size;
  text_.append(text, static_cast<std::size_t>(size));
  return *this;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the NUL that OpenSSL writes
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace gannet::page
