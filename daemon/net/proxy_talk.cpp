#include "net/proxy_talk.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>

#include "core/text.hpp"

namespace gannet::net {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t largest_head = 16 << 10;  // with what comes before it

class HttpConnect final : public ProxyTalk {
 public:
  HttpConnect(const Proxy& proxy, const std::string& host, std::uint16_t port)
      : says_("the proxy " + proxy.place() + " said "),
        question_(proxy.question()),
        authorization_(proxy.authorization) {
    Proxy target;  // spelled alike
    target.host = host;
    target.port = port;
    target_ = target.place();
  }

  std::string begin() override {
    std::string text = "CONNECT " + target_ + " HTTP/1.1\r\nHost: " + target_ + "\r\n";
    if (!authorization_.empty()) text += "Proxy-Authorization: " + authorization_ + "\r\n";
    return text + "\r\n";
  }

  // TLS begins with us: nothing can come behind the head, so it may be read as it comes.
  std::size_t wants() const override { return open_ ? 0 : largest_head + 1 - interim_ - head_.size(); }

  Result<std::string> take(std::string_view bytes) override {
    head_ += bytes;
    for (;;) {
      if (!begins_like_http()) return failed("what is not HTTP");
      const auto end = head_end();
      if (end == std::string::npos) {
        return interim_ + head_.size() > largest_head ? failed("too many headers") : Result<std::string>(std::string());
      }
      const auto line = std::string_view(head_).substr(0, head_.find_first_of("\r\n"));
      if (line.size() < 12 || !std::ranges::all_of(line.substr(9, 3), is_digit)) return failed(on_one_line(line));
      const char kind = line[9];
      if (kind == '1') {
        head_.erase(0, end);  // interim: the answer is still to come
        interim_ += end;
        continue;
      }
      if (line.substr(9, 3) == "407") {
        return Fault{Reason::connect_failed, says_ + on_one_line(line.substr(9)) + ": " + question_, true};
      }
      if (kind != '2') return failed(on_one_line(line.substr(9)));
      if (head_.size() > end) return failed("more than that the way is there");
      open_ = true;
      return std::string();
    }
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  Result<std::string> failed(const std::string& what) const { return Fault{Reason::connect_failed, says_ + what}; }

  bool begins_like_http() const {
    constexpr std::string_view start = "HTTP/1.";
    const auto common = std::min(start.size(), head_.size());
    const bool blank = head_.size() <= 8 || head_[8] == ' ';
    return std::string_view(head_).substr(0, common) == start.substr(0, common) && blank;
  }

  // Behind the empty line; lines may end in a lone LF.
  std::size_t head_end() const {
    for (auto at = head_.find('\n'); at != std::string::npos; at = head_.find('\n', at + 1)) {
      if (head_.compare(at + 1, 1, "\n") == 0) return at + 2;
      if (head_.compare(at + 1, 2, "\r\n") == 0) return at + 3;
    }
    return std::string::npos;
  }

  std::string says_, question_, authorization_, target_;
  std::string head_;
  std::size_t interim_ = 0;  // bytes of answers before it
  bool open_ = false;
};

class Socks5 final : public ProxyTalk {
 public:
  Socks5(const Proxy& proxy, const std::string& host, std::uint16_t port)
      : who_("the proxy " + proxy.place() + " "),
        question_(proxy.question()),
        credentials_(proxy.credentials),
        host_(host),
        port_(port) {}

  std::string begin() override {
    using namespace std::string_literals;
    return credentials_.user.empty() ? "\x05\x01\x00"s : "\x05\x02\x00\x02"s;
  }

  std::size_t wants() const override { return needed_ - answer_.size(); }

  Result<std::string> take(std::string_view bytes) override {
    answer_ += bytes;
    if (answer_.size() < needed_) return std::string();
    switch (step_) {
      case Step::method:
        return choose();
      case Step::password:
        if (byte(1) != 0) return stranger();
        return ask();
      case Step::reply:
        return read_reply();
      case Step::name_length:
        expect(Step::address, 5 + byte(4) + 2);
        return std::string();
      case Step::address:
        break;
    }
    needed_ = answer_.size();  // all is said
    return std::string();
  }

 private:
  enum class Step : unsigned char { method, password, reply, name_length, address };

  std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(answer_[at]); }

  void expect(Step step, std::size_t needed) {
    step_ = step;
    needed_ = needed;
  }

  Fault failed(const std::string& what, Reason reason = Reason::connect_failed) const { return {reason, who_ + what}; }

  Fault stranger() const { return {Reason::connect_failed, who_ + "does not let us in: " + question_, true}; }

  Result<std::string> choose() {
    if (byte(0) != 5) return failed("does not speak SOCKS 5");
    const auto method = byte(1);
    if (method == 0) return ask();
    if (method == 2 && !credentials_.user.empty()) {
      answer_.clear();
      expect(Step::password, 2);
      const auto counted = [](const std::string& text) { return static_cast<char>(text.size()) + text; };
      return '\x01' + counted(credentials_.user) + counted(credentials_.password);
    }
    if (credentials_.user.empty()) return stranger();
    return failed("accepts no user name and password");
  }

  std::string ask() {
    answer_.clear();
    expect(Step::reply, 4);
    std::string request("\x05\x01\x00", 3);
    boost::system::error_code not_an_address;
    const auto address = ip::make_address(host_, not_an_address);
    if (not_an_address) {
      // No host of a URL is as long as 256 bytes.
      request += '\x03';
      request += static_cast<char>(host_.size());
      request += host_;
    } else if (address.is_v4()) {
      const auto bytes = address.to_v4().to_bytes();
      request += '\x01';
      request.append(bytes.begin(), bytes.end());
    } else {
      const auto bytes = address.to_v6().to_bytes();
      request += '\x04';
      request.append(bytes.begin(), bytes.end());
    }
    request += static_cast<char>(port_ >> 8);
    request += static_cast<char>(port_ & 0xff);
    return request;
  }

  // The head of the reply; the address in it tells nobody anything, but must be read past.
  Result<std::string> read_reply() {
    if (byte(0) != 5) return failed("does not speak SOCKS 5");
    switch (byte(1)) {
      case 0:
        break;
      case 1:
        return failed("said: general failure");
      case 2:
        return failed("said: not allowed by its rules");
      case 3:
        return failed("said: network unreachable");
      case 4:
        return failed("said: host unreachable");
      case 5:
        return failed("said: connection refused", Reason::connect_refused);
      case 6:
        return failed("said: no answer in time", Reason::connect_timeout);
      case 7:
        return failed("said: command not supported");
      case 8:
        return failed("said: kind of address not supported");
      default:
        return failed("said: error " + std::to_string(byte(1)));
    }
    switch (byte(3)) {
      case 1:
        expect(Step::address, 4 + 4 + 2);
        return std::string();
      case 3:
        expect(Step::name_length, 5);
        return std::string();
      case 4:
        expect(Step::address, 4 + 16 + 2);
        return std::string();
      default:
        return failed("does not speak SOCKS 5");
    }
  }

  std::string who_, question_;
  Credentials credentials_;
  std::string host_;
  std::uint16_t port_;
  Step step_ = Step::method;
  std::size_t needed_ = 2;  // bytes of the answer that is awaited
  std::string answer_;
};

}  // namespace

std::unique_ptr<ProxyTalk> make_proxy_talk(const Proxy& proxy, const std::string& host, std::uint16_t port) {
  if (proxy.kind == Proxy::Kind::http) return std::make_unique<HttpConnect>(proxy, host, port);
  return std::make_unique<Socks5>(proxy, host, port);
}

}  // namespace gannet::net
