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

// The pixels where they are, without the room between their lines. Takes the reference.
Image image_of(GdkPixbuf* pixbuf) {
  const int width = gdk_pixbuf_get_width(pixbuf), height = gdk_pixbuf_get_height(pixbuf);
  const int bands = gdk_pixbuf_get_n_channels(pixbuf);
  const auto stride = static_cast<std::size_t>(gdk_pixbuf_get_rowstride(pixbuf));
  const std::size_t line = static_cast<std::size_t>(width) * static_cast<std::size_t>(bands);
  guchar* const pixels = gdk_pixbuf_get_pixels(pixbuf);
  for (std::size_t y = 1; line != stride && y < static_cast<std::size_t>(height); ++y) {
    std::memmove(pixels + line * y, pixels + stride * y, line);
  }
  Image image(vips_image_new_from_memory(pixels, line * static_cast<std::size_t>(height), width, height, bands,
                                         VIPS_FORMAT_UCHAR));
  if (!image) {
    g_object_unref(pixbuf);
    return nullptr;
  }
  image->Type = VIPS_INTERPRETATION_sRGB;
  const auto release = +[](VipsImage*, void* owner) { g_object_unref(owner); };
  g_signal_connect(image.get(), "postclose", G_CALLBACK(release), pixbuf);
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
  GdkPixbuf* const pixbuf = gdk_pixbuf_loader_get_pixbuf(loader.get());
  if (!written || !closed || !pixbuf) {
    complain(error);
    return nullptr;
  }
  return image_of(GDK_PIXBUF(g_object_ref(pixbuf)));
}

}  // namespace gannet::worker
