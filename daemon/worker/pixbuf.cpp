#include "worker/pixbuf.hpp"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include <cstring>
#include <string>

namespace gannet::worker {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};

// Takes the error.
void complain(GError* error) {
  vips_error("gdk-pixbuf", "%s", error ? error->message : "it cannot be decoded");
  if (error) g_error_free(error);
}

Image copy_of(const GdkPixbuf* pixbuf) {
  const int width = gdk_pixbuf_get_width(pixbuf), height = gdk_pixbuf_get_height(pixbuf);
  Image image(vips_image_new_memory());
  vips_image_init_fields(image.get(), width, height, gdk_pixbuf_get_n_channels(pixbuf), VIPS_FORMAT_UCHAR,
                         VIPS_CODING_NONE, VIPS_INTERPRETATION_sRGB, 1, 1);
  if (vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_ANY, nullptr) != 0) return nullptr;
  if (vips_image_write_prepare(image.get()) != 0) return nullptr;
  const guchar* const pixels = gdk_pixbuf_read_pixels(pixbuf);
  const auto stride = static_cast<std::size_t>(gdk_pixbuf_get_rowstride(pixbuf));
  for (int y = 0; y < height; ++y) {
    std::memcpy(VIPS_IMAGE_ADDR(image.get(), 0, y), pixels + stride * static_cast<std::size_t>(y),
                VIPS_IMAGE_SIZEOF_LINE(image.get()));
  }
  return image;
}

}  // namespace

Image open_pixbuf(decode::Format format, std::span<const char> bytes) {
  GError* error = nullptr;
  const std::string type(decode::name(format));
  const std::unique_ptr<GdkPixbufLoader, Unref> loader(gdk_pixbuf_loader_new_with_type(type.c_str(), &error));
  if (!loader) {
    complain(error);
    return nullptr;
  }
  const bool written =
      gdk_pixbuf_loader_write(loader.get(), reinterpret_cast<const guchar*>(bytes.data()), bytes.size(), &error) != 0;
  const bool closed = gdk_pixbuf_loader_close(loader.get(), written ? &error : nullptr) != 0;
  const GdkPixbuf* const pixbuf = gdk_pixbuf_loader_get_pixbuf(loader.get());
  if (!written || !closed || !pixbuf) {
    complain(error);
    return nullptr;
  }
  return copy_of(pixbuf);
}

}  // namespace gannet::worker
