// picture [ORDER=VALUE]... [FILE]: what a worker makes of a file, in this process. The reply goes to standard output as
// one line of JSON, and what was made to the files OUT.image, OUT.thumbnail0..., OUT.exif when `out=OUT` is given. With
// no file, it reads names from standard input, one a line, and has a line for each. With `sandbox=1`, each is looked at
// by a process of its own that has locked itself in as a worker does.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "decode/sniff.hpp"
#include "worker/picture.hpp"
#include "worker/sandbox.hpp"

namespace {

using namespace gannet;

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true;  // takes much more memory
#else
constexpr bool sanitized = false;
#endif

struct Memory final : worker::Output {
  bool write(std::span<const char> part) override {
    bytes.append(part.data(), part.size());
    return true;
  }

  std::string bytes;
};

struct Task {
  decode::Request request;
  std::string out;
  bool sandbox = false;
};

template <typename Number>
Number number(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

template <typename Value>
Value named(const std::map<std::string, Value>& values, const std::string& name) {
  const auto found = values.find(name);
  if (found == values.end()) throw std::runtime_error("unknown value " + name);
  return found->second;
}

void take_boxes(decode::Orders& orders, std::istringstream text) {
  for (std::string box; std::getline(text, box, ';') && orders.blurred < orders.boxes.size();) {
    std::ranges::replace(box, ',', ' ');
    decode::Box& taken = orders.boxes[orders.blurred++];
    std::istringstream(box) >> taken.left >> taken.top >> taken.right >> taken.bottom;
  }
}

void take_thumbnails(decode::Orders& orders, std::istringstream text) {
  std::size_t count = 0;
  for (std::string side; std::getline(text, side, ',');) orders.thumbnails.at(count++) = number<std::uint32_t>(side);
}

bool take(Task& task, const std::string& key, const std::string& value) {
  using decode::Encoding, decode::ResizeMode;
  decode::Orders& orders = task.request.orders;
  const std::map<std::string, std::function<void()>> takers{
      {"verify", [&] { orders.verify = value == "1"; }},
      {"svg", [&] { orders.svg = value == "1"; }},
      {"resize",
       [&] {
         orders.resize = named<ResizeMode>({{"no", ResizeMode::no},
                                            {"border", ResizeMode::border},
                                            {"keep_ratio", ResizeMode::keep_ratio},
                                            {"keep_ratio_largest", ResizeMode::keep_ratio_largest},
                                            {"center_crop", ResizeMode::center_crop}},
                                           value);
       }},
      {"only_if_bigger", [&] { orders.only_if_bigger = value == "1"; }},
      {"size", [&] { orders.size = number<std::uint32_t>(value); }},
      {"encoding",
       [&] {
         orders.encoding = named<Encoding>({{"as_needed", Encoding::as_needed},
                                            {"jpeg", Encoding::jpeg},
                                            {"png", Encoding::png},
                                            {"webp", Encoding::webp},
                                            {"avif", Encoding::avif}},
                                           value);
       }},
      {"quality", [&] { orders.quality = number<std::uint8_t>(value); }},
      {"keep_metadata", [&] { orders.keep_metadata = value == "1"; }},
      {"exif", [&] { orders.exif = value == "1"; }},
      {"hash", [&] { orders.hash = value == "1"; }},
      {"thumbnails", [&] { take_thumbnails(orders, std::istringstream(value)); }},
      {"boxes", [&] { take_boxes(orders, std::istringstream(value)); }},
      {"max_pixels", [&] { task.request.max_pixels = number<std::uint64_t>(value); }},
      {"max_output", [&] { task.request.max_output = number<std::uint64_t>(value); }},
      {"out", [&] { task.out = value; }},
      {"sandbox", [&] { task.sandbox = value == "1"; }},
  };
  const auto taker = takers.find(key);
  if (taker == takers.end()) return false;
  taker->second();
  return true;
}

std::string_view name(decode::Verdict verdict) {
  switch (verdict) {
    case decode::Verdict::good:
      return "good";
    case decode::Verdict::broken:
      return "broken";
    case decode::Verdict::too_many_pixels:
      return "too_many_pixels";
    case decode::Verdict::too_much_output:
      return "too_much_output";
    case decode::Verdict::unsupported:
      return "unsupported";
  }
  return "";
}

std::string_view name(decode::Colour colour) {
  constexpr std::array<std::string_view, 5> names{"unknown", "grey", "rgb", "cmyk", "lab"};
  return names[static_cast<std::size_t>(colour)];
}

void save(const std::string& name, std::string_view& bytes, std::uint64_t size) {
  if (size > 0 && !name.starts_with('.')) std::ofstream(name, std::ios::binary) << bytes.substr(0, size);
  bytes.remove_prefix(size);
}

boost::json::object size_of(const decode::Made& made) {
  return {{"bytes", made.bytes}, {"width", made.width}, {"height", made.height}};
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

boost::json::object look(Task task, const std::string& path, const std::string& bytes) {
  const auto info = decode::sniff(bytes);
  if (!info) return {{"file", path}, {"verdict", "not_an_image"}};
  task.request.format = info->format;
  task.request.bytes = bytes.size();
  Memory output;
  const decode::Reply reply = worker::answer(task.request, bytes, output);

  boost::json::object line{{"file", path},
                           {"format", decode::name(info->format)},
                           {"verdict", name(reply.verdict)},
                           {"width", reply.width},
                           {"height", reply.height},
                           {"frames", reply.frames},
                           {"orientation", reply.orientation},
                           {"colour", name(reply.colour)},
                           {"alpha", reply.alpha != 0},
                           {"message", reply.message.data()}};
  if (reply.hashed) line["hash"] = reply.hash;
  if (reply.image.bytes > 0) line["image"] = size_of(reply.image);
  std::string_view left = output.bytes;
  save(task.out + ".image", left, reply.image.bytes);
  boost::json::array thumbnails;
  for (std::size_t i = 0; i < reply.thumbnails.size() && reply.thumbnails[i].bytes > 0; ++i) {
    thumbnails.push_back(size_of(reply.thumbnails[i]));
    save(task.out + ".thumbnail" + std::to_string(i), left, reply.thumbnails[i].bytes);
  }
  if (!thumbnails.empty()) line["thumbnails"] = thumbnails;
  if (reply.exif_bytes > 0) line["exif"] = std::string(left.substr(0, reply.exif_bytes));
  return line;
}

// In a process of its own, which may die of it.
void look_locked_in(const Task& task, const std::string& path, const std::string& bytes) {
  constexpr unsigned patience = 60;
  std::cout.flush();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(patience);
    const std::string_view failed =
        worker::enter_sandbox({.memory = (sanitized ? 8ull : 1ull) << 29, .max_output = 64u << 20});
    if (!failed.empty()) ::_exit(3);
    const std::string line = boost::json::serialize(look(task, path, bytes)) + '\n';
    ::_exit(::write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size()) ? 0 : 4);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status == 0) return;
  std::cout << boost::json::object{{"file", path}, {"verdict", "crashed"}, {"status", status}} << std::endl;
}

void run(const Task& task, const std::string& path) {
  const std::string bytes = contents(path);
  if (task.sandbox) return look_locked_in(task, path, bytes);
  std::cout << look(task, path, bytes) << std::endl;
}

void limit_memory() {
  const rlimit limit{3ull << 30, 3ull << 30};
  if (!sanitized) setrlimit(RLIMIT_AS, &limit);
}

}  // namespace

int main(int count, char** arguments) {
  limit_memory();
  if (!worker::load_codecs()) {
    std::cerr << "the codecs cannot be loaded\n";
    return 1;
  }
  Task task;
  task.request.max_pixels = 100'000'000;
  task.request.max_output = 1 << 30;
  std::vector<std::string> files;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || !take(task, argument.substr(0, equals), argument.substr(equals + 1))) {
      files.push_back(argument);
    }
  }
  for (const std::string& file : files) run(task, file);
  for (std::string file; files.empty() && std::getline(std::cin, file);) run(task, file);
}
