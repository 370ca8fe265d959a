#include "fetch/content_coding.hpp"

#include <gtest/gtest.h>

#include "fetch/coded.hpp"

namespace gannet::fetch {
namespace {

// Not quickly compressible, and longer than every buffer.
std::string long_text() {
  std::string text;
  unsigned state = 1;
  while (text.size() < 300000) {
    state = state * 1103515245 + 12345;
    text += std::to_string(state >> 8);
  }
  return text;
}

struct Decoded {
  std::string body;
  std::string end;  // "ok", "open", or the fault
  std::string detail = {};
};

Decoded decode(std::string_view encoding, std::string_view bytes, std::size_t piece = 997,
               std::uint64_t most = UINT64_MAX) {
  const auto codings = parse_codings(encoding);
  if (!codings) return {"", std::string(to_string(codings.error().reason))};
  Decoders decoders(*codings, most);
  Decoded decoded;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto done = decoders.decode(bytes.substr(0, piece), [&](std::string_view text) -> Result<void> {
      decoded.body += text;
      return {};
    });
    if (!done) {
      decoded.end = to_string(done.error().reason);
      decoded.detail = done.error().detail;
      return decoded;
    }
  }
  decoded.end = decoders.ended() ? "ok" : "open";
  return decoded;
}

std::string coded(const std::string& how, std::string_view text) {
  if (how == "gzip") return gzipped(text);
  if (how == "deflate") return deflated(text, 15);
  if (how == "raw deflate") return deflated(text, -15);
  if (how == "br") return brotlied(text);
  return zstded(text);
}

std::string label(const std::string& how) { return how == "raw deflate" ? "deflate" : how; }

const std::vector<std::string> ways{"gzip", "deflate", "raw deflate", "br", "zstd"};

TEST(ContentCoding, IsTakenOffWhateverThePiecesItComesIn) {
  const auto text = long_text();
  for (const auto& how : ways) {
    for (const auto& body : {std::string_view(text), std::string_view("x"), std::string_view("")}) {
      const auto bytes = coded(how, body);
      for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{997}, bytes.size()}) {
        const auto decoded = decode(label(how), bytes, piece);
        EXPECT_EQ(decoded.end, "ok") << how << ' ' << body.size() << ' ' << piece;
        EXPECT_TRUE(decoded.body == body) << how << ' ' << body.size() << ' ' << piece;
      }
    }
  }
}

TEST(ContentCoding, EveryCutIsSeen) {
  for (const auto& how : ways) {
    const auto bytes = coded(how, "hello, hello, world, world");
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      EXPECT_EQ(decode(label(how), std::string_view(bytes).substr(0, size)).end, "open") << how << ' ' << size;
    }
    EXPECT_EQ(decode(label(how), "").end, "ok") << how;  // nothing at all was not coded
  }
}

TEST(ContentCoding, CorruptionIsBad) {
  const auto text = long_text();
  for (const auto& how : ways) {
    auto bytes = coded(how, text);
    for (std::size_t at = 20; at < 400; ++at) bytes[at] = static_cast<char>(~bytes[at]);
    const auto decoded = decode(label(how), bytes);
    EXPECT_EQ(decoded.end, "bad_response") << how;
  }
  EXPECT_EQ(decode("br", "\xff\xff\xff\xff").end, "bad_response");
  EXPECT_EQ(decode("zstd", "this is plain").end, "bad_response");
  EXPECT_EQ(decode("deflate", "this is plain").end, "bad_response");
}

TEST(ContentCoding, GzipOfSeveralMembersIsOneBody) {
  const auto bytes = gzipped("hello, ") + gzipped("") + gzipped("world");
  for (const std::size_t piece : {1, 3, 1000}) {
    const auto decoded = decode("gzip", bytes, piece);
    EXPECT_EQ(decoded.end, "ok");
    EXPECT_EQ(decoded.body, "hello, world") << piece;
  }
}

TEST(ContentCoding, PaddingBehindGzipAndDeflateIsIgnored) {
  for (const std::size_t piece : {1, 3, 1000}) {
    const auto decoded = decode("gzip", gzipped("hello") + std::string(100, '\0') + "\x1f", piece);
    EXPECT_EQ(decoded.end + decoded.body, "okhello") << piece;
    for (const char* alike : {"\x1f", "\x1f\x1f", "\x1f padding", "\x1f\xff\xff"}) {
      const auto padded = decode("gzip", gzipped("hello") + alike, piece);
      EXPECT_EQ(padded.end + padded.body, "okhello") << piece << ' ' << alike;
    }
    const auto deflate = decode("deflate", deflated("hello", 15) + "\x1f\x8b", piece);
    EXPECT_EQ(deflate.end + deflate.body, "okhello") << piece;
  }
}

TEST(ContentCoding, ABodyThatIsOnlyCalledGzipIsTakenAsItIs) {
  for (const std::size_t piece : {1, 2, 1000}) {
    const auto decoded = decode("gzip", "\x89PNG\r\n\x1a\n picture", piece);
    EXPECT_EQ(decoded.end, "ok");
    EXPECT_EQ(decoded.body, "\x89PNG\r\n\x1a\n picture") << piece;
  }
}

TEST(ContentCoding, AnImageIsNotCodedWhateverItIsCalled) {
  for (const char* label : {"br", "deflate", "zstd", "gzip"}) {
    for (const std::string image : {"\xff\xd8\xff\xe0 picture", "\x89PNG\r\n\x1a\n picture", "GIF89a picture",
                                    "RIFFsizeWEBPVP8 picture", "<svg width='1'>", "<?xml version='1.0'?><svg>"}) {
      for (const std::size_t piece : {1, 2, 5, 1000}) {
        const auto decoded = decode(label, image, piece);
        EXPECT_EQ(decoded.end + decoded.body, "ok" + image) << label << ' ' << piece;
      }
    }
  }
  EXPECT_NE(decode("br", "RIFFsizeWAVEfmt ").end, "ok");
  EXPECT_NE(decode("br", "RIFFsize").end, "ok");
}

TEST(ContentCoding, SeveralAreTakenOffInTheirOrder) {
  const auto text = long_text();
  const auto bytes = zstded(brotlied(gzipped(text)));
  const auto decoded = decode("gzip, br, zstd", bytes);
  EXPECT_EQ(decoded.end, "ok");
  EXPECT_TRUE(decoded.body == text);
  EXPECT_EQ(decode("gzip, gzip, gzip, gzip", bytes).end, "bad_response");
}

TEST(ContentCoding, NamesAreReadInAnyCase) {
  EXPECT_EQ(*parse_codings("X-GZip , ,br"), (std::vector{Coding::gzip, Coding::brotli}));
  EXPECT_EQ(*parse_codings("gzip;q=1, utf-8"), std::vector{Coding::gzip});
}

TEST(ContentCoding, WordsThatAreNoCodingsArePassedOverAndCodingsBeyondUsRefused) {
  for (const char* nothing : {"", "identity", "Identity, none", "aws-chunked", "utf-8", "image/jpeg", "binary", ";"}) {
    EXPECT_TRUE(parse_codings(nothing)->empty()) << nothing;
  }
  for (const char* beyond : {"compress", "Compress;q=1", "gzip, dcb", "exi"}) {
    EXPECT_EQ(parse_codings(beyond).error().reason, Reason::bad_response) << beyond;
  }
  for (const char* refused : {"compress", "gzip, gzip, gzip, gzip"}) {
    const auto detail = parse_codings(refused + std::string(200'000, ',') + "\x1b").error().detail;
    EXPECT_LT(detail.size(), 200u) << "a server should not fill the records";
  }
}

TEST(ContentCoding, BombsAreCutOneBufferBehindTheLimit) {
  const std::string zeros(50 << 20, '\0');
  for (const auto& how : ways) {
    const auto bytes = coded(how, zeros);
    const auto decoded = decode(label(how), bytes, bytes.size(), 1 << 20);
    EXPECT_EQ(decoded.end, "too_large") << how;
    EXPECT_LE(decoded.body.size(), (1u << 20) + (16u << 10)) << how;
  }
}

TEST(ContentCoding, BombsInsideOfOthersAreCutToo) {
  std::string empty;  // inflates a lot, into nothing
  while (empty.size() < 4 << 20) empty += gzipped("");
  EXPECT_EQ(decode("gzip, gzip", gzipped(empty), 997, 1 << 20).end, "too_large");
}

TEST(ContentCoding, WindowsLargerThanHttpAllowsAreBad) {
  const auto text = long_text();
  EXPECT_EQ(decode("zstd", zstded(text, 23)).end, "ok");
  const auto larger = decode("zstd", zstded(text, 24));
  EXPECT_EQ(larger.end, "bad_response");
  EXPECT_EQ(larger.detail, "a zstd coding that needs a window beyond 8 MiB");
  EXPECT_EQ(decode("br", brotlied(text, 24)).end, "ok");
}

}  // namespace
}  // namespace gannet::fetch
