#include "fetch/opt_out.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

constexpr std::array<std::string_view, 4> refusals{"noai", "noimageai", "noindex", "noimageindex"};

// Directives that carry a value behind a colon; any other word before a colon is the name of an agent.
constexpr std::array<std::string_view, 4> valued{"max-snippet", "max-image-preview", "max-video-preview",
                                                 "unavailable_after"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::any_of(words, [&](std::string_view one) { return equals_ignoring_case(one, word); });
}

}  // namespace

std::optional<std::string> opted_out(const std::vector<std::string>& tags, std::string_view our_name) {
  for (const std::string_view tag : tags) {
    bool for_us = true;  // until an agent is named; it then holds for the rest of the line
    for (std::size_t begin = 0; begin <= tag.size();) {
      const auto end = std::min(tag.find(',', begin), tag.size());
      auto directive = trim(tag.substr(begin, end - begin));
      begin = end + 1;
      if (const auto colon = directive.find(':'); colon != std::string_view::npos) {
        const auto word = trim(directive.substr(0, colon));
        // The second half of a date that holds a comma and a time is no agent either: their names have no blanks.
        if (is_one_of(valued, word) || word.find(' ') != std::string_view::npos) continue;
        for_us = word == "*" || equals_ignoring_case(word, our_name);
        directive = trim(directive.substr(colon + 1));
      }
      if (for_us && is_one_of(refusals, directive)) return std::string(directive);
    }
  }
  return std::nullopt;
}

}  // namespace gannet::fetch
