// A chain of redirects. Input: the first line is where it starts; what follows are the header lines of the answers, a
// blank line between two of them.
#include "fetch/redirect.hpp"

#include <algorithm>

#include "fetch/response_parser.hpp"
#include "fuzz/fuzz_target.hpp"

namespace gannet::fetch {
namespace {

using fuzz::require;

constexpr unsigned most = 5;

void follow_all(Url url, std::string_view headers) {
  RedirectTrail trail(most);
  std::vector<std::string> asked{url.text()};
  while (!headers.empty()) {
    std::string head = "HTTP/1.1 302 Found\r\n";
    for (bool more = true; more;) {
      const auto [line, rest] = fuzz::split(headers, '\n');
      headers = rest;
      more = !line.empty();
      head += std::string(line) + "\r\n";
    }
    const auto answer = parse_head(head);
    if (!answer) return;
    const auto next = trail.follow(url, *answer);
    if (!next) {
      require(next.error().reason == Reason::bad_redirect || next.error().reason == Reason::too_many_redirects,
              "faults are those of the list");
      return;
    }
    require(!answer->location.empty() && !answer->locations_differ, "there was one place to go to");
    require(next->secure || !url.secure, "never from https to http");
    require(std::ranges::find(asked, next->text()) == asked.end(), "never twice to the same URL");
    asked.push_back(next->text());
    require(asked.size() <= most + 1, "never more redirects than allowed");
    url = *next;
  }
}

}  // namespace
}  // namespace gannet::fetch

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  const auto [start, headers] = fuzz::split(fuzz::as_text(data, size), '\n');
  if (const auto url = Url::parse(start)) fetch::follow_all(*url, headers);
  return 0;
}
