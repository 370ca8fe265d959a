// HTML that is put together piece by piece. What is written in our source is markup (`"<b>"_html`, a literal, checked
// by the compiler); everything else is text from outside and is escaped, so no URL, host name or header can become
// markup or script. One thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace gannet::page {

/// Only literals become this: see operator""_html.
class Markup {
 public:
  consteval Markup(const char* text, std::size_t size) : text_(text, size) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

consteval Markup operator""_html(const char* text, std::size_t size) { return {text, size}; }

class Html {
 public:
  Html& operator<<(Markup markup) {
    text_ += markup.text();
    return *this;
  }
  Html& operator<<(const Html& part) {
    text_ += part.text_;
    return *this;
  }

  /// Escaped for text and for attributes in quotes; what could hide or reorder text is replaced.
  Html& operator<<(std::string_view outside);

  template <std::integral Number>
  Html& operator<<(Number number) {
    text_ += std::to_string(number);
    return *this;
  }

  /// For coordinates: two digits behind the point at most.
  Html& operator<<(double number);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string base64(std::string_view bytes);

}  // namespace gannet::page
