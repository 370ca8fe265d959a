// Bodies with content codings, made by the libraries' own encoders.
#pragma once

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace gannet::fetch {

/// `window` as zlib has it: 15 is its own format, -15 raw deflate, 31 gzip.
inline std::string deflated(std::string_view text, int window) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
  std::string coded(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  const int done = deflate(&stream, Z_FINISH);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) throw std::runtime_error("zlib");
  return coded;
}

inline std::string gzipped(std::string_view text) { return deflated(text, 31); }

inline std::string brotlied(std::string_view text, int window = BROTLI_DEFAULT_WINDOW) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 16;
  std::string coded(size, '\0');
  if (!BrotliEncoderCompress(5, window, BROTLI_MODE_GENERIC, text.size(), reinterpret_cast<const uint8_t*>(text.data()),
                             &size, reinterpret_cast<uint8_t*>(coded.data()))) {
    throw std::runtime_error("brotli");
  }
  coded.resize(size);
  return coded;
}

/// As a server does that does not know the size beforehand.
inline std::string zstded(std::string_view text, int window = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window);
  std::string coded(ZSTD_compressBound(text.size()) + 64, '\0');
  ZSTD_outBuffer out{coded.data(), coded.size(), 0};
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
  const auto left = ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  if (left != 0) throw std::runtime_error("zstd");
  coded.resize(out.pos);
  return coded;
}

}  // namespace gannet::fetch
