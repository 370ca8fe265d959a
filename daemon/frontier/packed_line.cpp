#include "frontier/packed_line.hpp"

#include <cstring>
#include <string>

namespace gannet::frontier {
namespace {

using Size = std::uint32_t;

constexpr std::size_t flags_at = sizeof(Size) + 1;  // behind the attempt
constexpr std::size_t rest_at = flags_at + 1;

enum Flags : unsigned char {
  url_is_normal = 1,
  url_lacks_origin = 2,
  has_extras = 4,
  knows_robots = 8,
  has_trail = 16,
  excused = 32,
  has_question = 64,
  has_free = 128,
};

void put(std::string& out, std::uint64_t number) {
  for (; number >= 128; number >>= 7) out.push_back(static_cast<char>(number | 128));
  out.push_back(static_cast<char>(number));
}

void put(std::string& out, std::string_view text) {
  put(out, text.size());
  out.append(text);
}

std::uint64_t take_number(const char*& at) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) return number;
  }
}

std::string_view take_text(const char*& at) {
  const auto size = take_number(at);
  const std::string_view text(at, size);
  at += size;
  return text;
}

Size size_of(const char* bytes) {
  Size size = 0;
  std::memcpy(&size, bytes, sizeof size);
  return size;
}

}  // namespace

PackedLine::PackedLine(const FetchTask& task, std::string_view origin) {
  thread_local std::string packed;  // so that a line costs one allocation, of its very size
  packed.assign(sizeof(Size), '\0');
  const bool lacks_origin = task.url_is_normal && task.row.url.starts_with(origin);
  packed.push_back(static_cast<char>(task.attempt));
  packed.push_back(static_cast<char>((task.url_is_normal ? url_is_normal : 0) | (lacks_origin ? url_lacks_origin : 0) |
                                     (task.row.extras ? has_extras : 0) | (task.knows_robots ? knows_robots : 0) |
                                     (task.trail ? has_trail : 0) | (task.excused ? excused : 0) |
                                     (task.question ? has_question : 0) | (task.free != FreeStarts{} ? has_free : 0)));
  put(packed, task.row.line);
  put(packed, task.row.key);
  put(packed,
      static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(task.queued.time_since_epoch()).count()));
  put(packed, std::string_view(task.row.url).substr(lacks_origin ? origin.size() : 0));
  if (const auto& extras = task.row.extras) {
    for (const auto* text : {&extras->sha256, &extras->md5, &extras->columns}) put(packed, *text);
  }
  if (const auto& trail = task.trail) {
    put(packed, trail->asked.size());
    for (const auto& url : trail->asked) put(packed, url);
    put(packed, trail->url);
    put(packed, static_cast<std::uint64_t>(trail->spent.count()));
  }
  if (task.question) {
    put(packed, task.question->first);
    put(packed, task.question->second);
  }
  if (const auto& free = task.free; free != FreeStarts{}) {
    packed.push_back(static_cast<char>(free.unseen));
    put(packed,
        (free.by_http1 ? 1u : 0u) | (free.too_early ? 2u : 0u) | (free.refused ? 4u : 0u) | (free.stale ? 8u : 0u));
  }
  const auto size = static_cast<Size>(packed.size());
  std::memcpy(packed.data(), &size, sizeof size);
  *this = PackedLine(packed);
}

PackedLine::PackedLine(std::string_view bytes) : bytes_(new char[bytes.size()]) {
  std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

FetchTask PackedLine::unpack(std::string_view origin) const {
  FetchTask task;
  const auto flags = static_cast<unsigned char>(bytes_[flags_at]);
  const char* at = bytes_.get() + rest_at;
  task.attempt = attempt();
  task.url_is_normal = (flags & url_is_normal) != 0;
  task.knows_robots = (flags & knows_robots) != 0;
  task.excused = (flags & excused) != 0;
  task.row.line = take_number(at);
  task.row.key = take_number(at);
  task.queued = TimePoint{milliseconds{take_number(at)}};
  const auto url = take_text(at);
  const auto lacks = flags & url_lacks_origin ? origin : std::string_view();
  task.row.url.reserve(lacks.size() + url.size());
  task.row.url.append(lacks).append(url);
  if (flags & has_extras) {
    task.row.extras = std::make_unique<RowExtras>();
    for (auto* text : {&task.row.extras->sha256, &task.row.extras->md5, &task.row.extras->columns}) {
      *text = take_text(at);
    }
  }
  if (flags & has_trail) {
    task.trail = std::make_unique<Trail>();
    task.trail->asked.resize(take_number(at));
    for (auto& asked : task.trail->asked) asked = take_text(at);
    task.trail->url = take_text(at);
    task.trail->spent = milliseconds{take_number(at)};
  }
  if (flags & has_question) {
    task.question.emplace();
    task.question->first = take_number(at);
    task.question->second = take_number(at);
  }
  if (flags & has_free) {
    const auto unseen = static_cast<std::uint8_t>(*at++);
    const auto once = take_number(at);
    task.free = {unseen, (once & 1) != 0, (once & 2) != 0, (once & 4) != 0, (once & 8) != 0};
  }
  return task;
}

std::string_view PackedLine::bytes() const { return {bytes_.get(), size_of(bytes_.get())}; }

std::size_t PackedLine::length_of(std::string_view text) {
  if (text.size() < rest_at) return 0;
  const auto size = size_of(text.data());
  return size >= rest_at && size <= text.size() ? size : 0;
}

}  // namespace gannet::frontier
