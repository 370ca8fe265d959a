#include "worker/jpeg.hpp"

#include <csetjmp>
#include <cstdio>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>

namespace gannet::worker {
namespace {

constexpr long most_warnings = 100;  // a damaged file may have one in every block
constexpr int most_scans = 500;      // progressive files have about ten; each takes time

// What libjpeg calls back with. Errors leave it by longjmp, so nothing in here may need a destructor.
struct Decoder {
  jpeg_decompress_struct state{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  jpeg_source_mgr source{};
  std::jmp_buf failed{};
};

Decoder& decoder_of(j_common_ptr state) { return *static_cast<Decoder*>(state->client_data); }

[[noreturn]] void fail(j_common_ptr state) {
  char text[JMSG_LENGTH_MAX];
  state->err->format_message(state, text);
  vips_error("jpeg", "%s", text);
  std::longjmp(decoder_of(state).failed, 1);
}

[[noreturn]] void fail(j_common_ptr state, const char* text) {
  vips_error("jpeg", "%s", text);
  std::longjmp(decoder_of(state).failed, 1);
}

// Whether a part of the picture is made up, because its bytes are wrong or are not there. Other warnings are of what
// stands beside the picture, as many cameras and programs write it.
bool tells_of_loss(int warning) {
  return warning == JWRN_HIT_MARKER || warning == JWRN_HUFF_BAD_CODE || warning == JWRN_ARITH_BAD_CODE;
}

void hear_warning(j_common_ptr state, int level) {
  if (level >= 0) return;
  if (tells_of_loss(state->err->msg_code)) fail(state);
  if (++state->err->num_warnings >= most_warnings) fail(state);
}

void count_scans(j_common_ptr state) {
  if (decoder_of(state).state.input_scan_number > most_scans) fail(state, "it has too many scans");
}

boolean no_more_bytes(j_decompress_ptr state) {
  fail(reinterpret_cast<j_common_ptr>(state), "the file ends too early");
}

void skip(j_decompress_ptr state, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > state->src->bytes_in_buffer) no_more_bytes(state);
  state->src->next_input_byte += count;
  state->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void start(Decoder& decoder, std::span<const char> bytes, unsigned shrink) {
  decoder.state.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = fail;
  decoder.errors.emit_message = hear_warning;
  decoder.state.client_data = &decoder;
  jpeg_create_decompress(&decoder.state);
  decoder.progress.progress_monitor = count_scans;
  decoder.state.progress = &decoder.progress;
  decoder.source.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
  decoder.source.bytes_in_buffer = bytes.size();
  decoder.source.init_source = [](j_decompress_ptr) {};
  decoder.source.term_source = [](j_decompress_ptr) {};
  decoder.source.fill_input_buffer = no_more_bytes;
  decoder.source.skip_input_data = skip;
  decoder.source.resync_to_restart = jpeg_resync_to_restart;
  decoder.state.src = &decoder.source;
  jpeg_read_header(&decoder.state, TRUE);
  decoder.state.scale_num = 1;
  decoder.state.scale_denom = shrink;
  jpeg_start_decompress(&decoder.state);
}

// Adobe's programs write CMYK upside down, and so do all others since.
void turn_over(JSAMPROW line, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) line[i] = static_cast<JSAMPLE>(255 - line[i]);
}

// `pixels` has room for all lines, or is one line that is written over.
void read_lines(jpeg_decompress_struct& state, JSAMPROW pixels, std::size_t line, bool keep) {
  while (state.output_scanline < state.output_height) {
    JSAMPROW row = keep ? pixels + line * state.output_scanline : pixels;
    jpeg_read_scanlines(&state, &row, 1);
    if (keep && state.out_color_space == JCS_CMYK) turn_over(row, line);
  }
}

VipsInterpretation interpretation_of(J_COLOR_SPACE colours) {
  if (colours == JCS_GRAYSCALE) return VIPS_INTERPRETATION_B_W;
  return colours == JCS_CMYK ? VIPS_INTERPRETATION_CMYK : VIPS_INTERPRETATION_sRGB;
}

// In a function of its own, as all that calls setjmp: nothing in it changes between that and the longjmp.
bool read_all(Decoder& decoder, std::span<const char> bytes) {
  if (setjmp(decoder.failed) != 0) return false;
  start(decoder, bytes, 8);
  auto& state = decoder.state;
  const std::size_t line = std::size_t{state.output_width} * static_cast<std::size_t>(state.output_components);
  void* const memory = state.mem->alloc_large(reinterpret_cast<j_common_ptr>(&state), JPOOL_IMAGE, line);
  read_lines(state, static_cast<JSAMPROW>(memory), line, false);
  jpeg_finish_decompress(&state);
  return true;
}

bool read_into(VipsImage* image, Decoder& decoder, std::span<const char> bytes, unsigned shrink) {
  if (setjmp(decoder.failed) != 0) return false;
  start(decoder, bytes, shrink);
  auto& state = decoder.state;
  vips_image_init_fields(image, static_cast<int>(state.output_width), static_cast<int>(state.output_height),
                         state.output_components, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                         interpretation_of(state.out_color_space), 1, 1);
  if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_ANY, nullptr) != 0 || vips_image_write_prepare(image) != 0) {
    fail(reinterpret_cast<j_common_ptr>(&state), "there is not enough memory for its pixels");
  }
  read_lines(state, VIPS_IMAGE_ADDR(image, 0, 0), VIPS_IMAGE_SIZEOF_LINE(image), true);
  jpeg_finish_decompress(&state);
  return true;
}

}  // namespace

bool jpeg_decodes(std::span<const char> bytes) {
  Decoder decoder;
  const bool good = read_all(decoder, bytes);
  jpeg_destroy_decompress(&decoder.state);
  return good;
}

Image decode_jpeg(std::span<const char> bytes, unsigned shrink, const Image& header) {
  Decoder decoder;
  Image image(vips_image_new_memory());
  const bool good = read_into(image.get(), decoder, bytes, shrink);
  jpeg_destroy_decompress(&decoder.state);
  if (!good) return nullptr;
  copy_notes(header, image);
  return image;
}

}  // namespace gannet::worker
