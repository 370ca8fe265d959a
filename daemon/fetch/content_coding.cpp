#include "fetch/content_coding.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <utility>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t buffer_size = 16 << 10;  // what is decoded at a time
constexpr int largest_zstd_window = 23;        // 8 MiB, the most that HTTP allows (RFC 9659)

using Buffer = std::array<char, buffer_size>;

Fault corrupt(const char* coding) { return {Reason::bad_response, std::string("corrupt ") + coding + " coding"}; }

// zlib in its three wrappings. A body that is called gzip and does not begin like it is not coded at all: such labels
// stick to files that were stored ready-made, and no image begins like gzip.
class Zlib final : public Decoder {
 public:
  explicit Zlib(bool gzip) : gzip_(gzip) {}
  ~Zlib() override {
    if (state_ != State::header && state_ != State::plain) inflateEnd(&stream_);
  }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  void write(std::string_view bytes) override { input_ = bytes; }

  Result<std::string_view> read() override {
    if (state_ == State::header && !take_header()) return std::string_view{};
    for (;;) {
      std::string_view& from = header_left_.empty() ? input_ : header_left_;
      if (state_ == State::plain) return std::exchange(from, {});
      if (state_ == State::ended && !begin_member(from)) return std::string_view{};
      const auto before = from.size();
      const auto decoded = inflate_from(from);
      if (!decoded || !decoded->empty()) return decoded;
      if (from.size() == before && header_left_.empty()) return decoded;  // it wants more
    }
  }

  bool ended() const override {
    const bool padded = state_ == State::inflating && further_ && stream_.total_in < magic_size;
    return padded || state_ == State::ended || state_ == State::plain || (state_ == State::header && header_size_ == 0);
  }

 private:
  enum class State : unsigned char { header, inflating, ended, plain };

  // The first two bytes tell which wrapping it is. False while they are not there.
  bool take_header() {
    while (header_size_ < header_.size() && !input_.empty()) {
      header_[header_size_++] = input_.front();
      input_.remove_prefix(1);
    }
    if (header_size_ < header_.size()) return false;
    header_left_ = {header_.data(), header_.size()};
    const auto first = static_cast<unsigned char>(header_[0]), second = static_cast<unsigned char>(header_[1]);
    if (gzip_ && (first != 0x1f || second != 0x8b)) {
      state_ = State::plain;
      return true;
    }
    const bool wrapped = (first & 0x0f) == Z_DEFLATED && (first << 8 | second) % 31 == 0;
    if (inflateInit2(&stream_, gzip_ ? MAX_WBITS + 16 : wrapped ? MAX_WBITS : -MAX_WBITS) != Z_OK)
      throw std::bad_alloc();
    state_ = State::inflating;
    return true;
  }

  // Behind the end, gzip may begin anew (RFC 1952, section 2.2); anything else is padding, also if it begins alike.
  bool begin_member(std::string_view& from) {
    if (gzip_ && from.starts_with('\x1f') && inflateReset(&stream_) == Z_OK) {
      state_ = State::inflating;
      further_ = true;
      return true;
    }
    gzip_ = gzip_ && from.empty();  // nothing begins behind padding
    from = {};
    return false;
  }

  Result<std::string_view> inflate_from(std::string_view& from) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
    stream_.avail_in = static_cast<uInt>(from.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_.avail_out = static_cast<uInt>(output_.size());
    const int done = inflate(&stream_, Z_NO_FLUSH);
    if (done == Z_DATA_ERROR && further_ && stream_.total_in <= magic_size) {
      state_ = State::ended;
      gzip_ = false;
      from = {};
      return std::string_view{};
    }
    if (done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR) return corrupt(gzip_ ? "gzip" : "deflate");
    if (done == Z_STREAM_END) state_ = State::ended;
    from.remove_prefix(from.size() - stream_.avail_in);
    return std::string_view(output_.data(), output_.size() - stream_.avail_out);
  }

  static constexpr std::size_t magic_size = 2;

  bool gzip_;
  State state_ = State::header;
  bool further_ = false;  // a member that is not the first
  std::array<char, magic_size> header_{};
  std::size_t header_size_ = 0;
  std::string_view header_left_;
  std::string_view input_;
  z_stream stream_{};
  Buffer output_;
};

class Brotli final : public Decoder {
 public:
  Brotli() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance) {
    if (!state_) throw std::bad_alloc();
  }

  void write(std::string_view bytes) override {
    input_ = bytes;
    begun_ = begun_ || !bytes.empty();
  }

  Result<std::string_view> read() override {
    if (ended() && input_.empty()) return std::string_view{};
    auto next_in = reinterpret_cast<const std::uint8_t*>(input_.data());
    auto next_out = reinterpret_cast<std::uint8_t*>(output_.data());
    std::size_t in = input_.size(), out = output_.size();
    const auto done = BrotliDecoderDecompressStream(state_.get(), &in, &next_in, &out, &next_out, nullptr);
    input_.remove_prefix(input_.size() - in);
    if (done == BROTLI_DECODER_RESULT_ERROR) return corrupt("br");
    if (done == BROTLI_DECODER_RESULT_SUCCESS && in > 0) return corrupt("br");  // more behind its end
    return std::string_view(output_.data(), output_.size() - out);
  }

  bool ended() const override { return !begun_ || BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

 private:
  std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state_;
  std::string_view input_;
  bool begun_ = false;
  Buffer output_;
};

class Zstd final : public Decoder {
 public:
  Zstd() : state_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    if (!state_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, largest_zstd_window);
  }

  void write(std::string_view bytes) override { input_ = {bytes.data(), bytes.size(), 0}; }

  Result<std::string_view> read() override {
    while (input_.pos < input_.size || !ended_) {
      ZSTD_outBuffer out{output_.data(), output_.size(), 0};
      const auto before = input_.pos;
      const auto done = ZSTD_decompressStream(state_.get(), &out, &input_);
      if (ZSTD_getErrorCode(done) == ZSTD_error_frameParameter_windowTooLarge) {
        return Fault{Reason::bad_response, "a zstd coding that needs a window beyond 8 MiB"};
      }
      if (ZSTD_isError(done)) return corrupt("zstd");
      ended_ = done == 0;  // of one frame; another may follow
      if (out.pos > 0) return std::string_view(output_.data(), out.pos);
      if (input_.pos == before) break;
    }
    return std::string_view{};
  }

  bool ended() const override { return ended_; }

 private:
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> state_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool ended_ = true;  // nothing is a whole, too
  Buffer output_;
};

// How images begin that are labelled as coded and are not; '?' is any byte. No coded body begins like that, but by a
// chance of one in 2^32 at most.
constexpr std::array<std::string_view, 12> images{
    "\xff\xd8\xff"sv, "\x89PNG\r\n\x1a\n"sv, "GIF87a"sv,         "GIF89a"sv,   "RIFF????WEBP"sv, "II*\0"sv,
    "MM\0*"sv,        "\0\0\0?ftyp"sv,       "\0\0\0\x0cJXL "sv, "\xff\x0a"sv, "<svg "sv,        "<?xml "sv};
constexpr std::size_t longest_magic = 12;

bool is_like(std::string_view bytes, std::string_view magic) {
  return std::ranges::equal(bytes, magic, [](char byte, char wanted) { return wanted == '?' || byte == wanted; });
}

// What begins like an image is not coded, whatever it is called; all else is for the decoder within.
class UnlessImage final : public Decoder {
 public:
  explicit UnlessImage(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}

  void write(std::string_view bytes) override { input_ = bytes; }

  Result<std::string_view> read() override {
    while (state_ == State::open && !input_.empty()) take(input_.front());
    if (state_ == State::open) return std::string_view{};
    for (;;) {
      if (state_ == State::coded) {
        const auto decoded = decoder_->read();
        if (!decoded || !decoded->empty()) return decoded;
      }
      const auto next = std::exchange(begin_.empty() ? input_ : begin_, {});
      if (next.empty() || state_ == State::plain) return next;
      decoder_->write(next);
    }
  }

  bool ended() const override {
    if (state_ == State::open) return begun_ == 0;  // nothing at all was not coded
    return state_ == State::plain || decoder_->ended();
  }

 private:
  enum class State : unsigned char { open, plain, coded };

  void take(char byte) {
    input_.remove_prefix(1);
    first_[begun_++] = byte;
    begin_ = {first_.data(), begun_};
    const auto begins = [this](std::string_view magic) { return is_like(begin_, magic.substr(0, begun_)); };
    const auto found = std::ranges::find_if(images, begins);
    if (found == images.end()) {
      state_ = State::coded;
    } else if (std::ranges::any_of(images, [this](std::string_view magic) { return is_like(begin_, magic); })) {
      state_ = State::plain;
    }
  }

  std::unique_ptr<Decoder> decoder_;
  std::array<char, longest_magic> first_{};
  std::size_t begun_ = 0;
  std::string_view begin_;  // of first_, what was not handed on
  std::string_view input_;
  State state_ = State::open;
};

constexpr std::array<std::pair<std::string_view, Coding>, 6> known{{{"gzip", Coding::gzip},
                                                                    {"x-gzip", Coding::gzip},
                                                                    {"deflate", Coding::deflate},
                                                                    {"br", Coding::brotli},
                                                                    {"zstd", Coding::zstd},
                                                                    {"x-deflate", Coding::deflate}}};

// Codings that exist (IANA's registry), and that we cannot take off.
constexpr std::array<std::string_view, 7> beyond_us{"compress", "x-compress",   "dcb",      "dcz",
                                                    "exi",      "pack200-gzip", "aes128gcm"};

}  // namespace

Result<std::vector<Coding>> parse_codings(std::string_view list) {
  std::vector<Coding> codings;
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    const auto element = list.substr(begin, end - begin);
    const auto name = trim(element.substr(0, element.find(';')));
    begin = end + 1;
    const auto is = [name](std::string_view one) { return equals_ignoring_case(one, name); };
    if (std::ranges::any_of(beyond_us, is)) {
      return Fault{Reason::bad_response, "cannot take off the Content-Encoding " + on_one_line(list)};
    }
    const auto found = std::ranges::find_if(known, [&](const auto& one) { return is(one.first); });
    if (found == known.end()) continue;  // no coding at all
    if (codings.size() == most_codings) return Fault{Reason::bad_response, "too many codings: " + on_one_line(list)};
    codings.push_back(found->second);
  }
  return codings;
}

std::unique_ptr<Decoder> make_decoder(Coding coding) {
  switch (coding) {
    case Coding::gzip:
      return std::make_unique<Zlib>(true);
    case Coding::deflate:
      return std::make_unique<UnlessImage>(std::make_unique<Zlib>(false));
    case Coding::brotli:
      return std::make_unique<UnlessImage>(std::make_unique<Brotli>());
    case Coding::zstd:
      return std::make_unique<UnlessImage>(std::make_unique<Zstd>());
  }
  return nullptr;
}

Decoders::Decoders(const std::vector<Coding>& codings, std::uint64_t most) : most_(most) {
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding)
    stages_.push_back({make_decoder(*coding), 0});
}

Result<std::string_view> Decoders::read(Stage& stage) const {
  const auto decoded = stage.decoder->read();
  if (!decoded) return decoded;
  stage.count += decoded->size();
  if (stage.count > most_) return Fault{Reason::too_large, "inflates beyond " + std::to_string(most_) + " bytes"};
  return decoded;
}

bool Decoders::ended() const {
  return std::ranges::all_of(stages_, [](const Stage& stage) { return stage.decoder->ended(); });
}

}  // namespace gannet::fetch
