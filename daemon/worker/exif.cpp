#include "worker/exif.hpp"

#include <libexif/exif-data.h>

#include <boost/json.hpp>
#include <memory>
#include <string_view>

#include "core/text.hpp"

namespace gannet::worker {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_json = 16 << 10;
constexpr std::size_t most_value = 1024;

struct Unref {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

using Exif = std::unique_ptr<ExifData, Unref>;

// As it is, without what the standard wants to be there and is not.
Exif parse(std::string_view bytes) {
  constexpr std::string_view header = "Exif\0\0"sv;
  std::string whole(bytes.starts_with(header) ? ""sv : header);
  whole += bytes;
  Exif exif(exif_data_new());
  if (!exif) return nullptr;
  exif_data_unset_option(exif.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data(exif.get(), reinterpret_cast<const unsigned char*>(whole.data()),
                      static_cast<unsigned>(whole.size()));
  return exif;
}

// A name that is there already is not written again: one of the camera's in the first directory goes before others.
void add(boost::json::object& object, ExifEntry* entry, ExifIfd directory, std::size_t& left) {
  const char* const name = exif_tag_get_name_in_ifd(entry->tag, directory);
  if (!name || *name == '\0' || entry->tag == EXIF_TAG_MAKER_NOTE || object.contains(name)) return;
  char text[most_value];
  if (!exif_entry_get_value(entry, text, sizeof text)) return;
  const std::string value = to_valid_utf8(trim(text));
  const std::size_t size =
      boost::json::serialize(boost::json::string(value)).size() + std::string_view(name).size() + 4;
  if (value.empty() || size > left) return;
  left -= size;
  object.emplace(name, value);
}

}  // namespace

std::string exif_of(const Image& image) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image.get(), VIPS_META_EXIF_NAME) == 0) return {};
  if (vips_image_get_blob(image.get(), VIPS_META_EXIF_NAME, &bytes, &size) != 0) return {};
  const Exif exif = parse({static_cast<const char*>(bytes), size});
  if (!exif) return {};
  boost::json::object object;
  std::size_t left = most_json - 2;
  for (const ExifIfd directory : {EXIF_IFD_0, EXIF_IFD_EXIF, EXIF_IFD_GPS, EXIF_IFD_INTEROPERABILITY}) {
    const ExifContent* const content = exif->ifd[directory];
    for (unsigned i = 0; content && i < content->count; ++i) add(object, content->entries[i], directory, left);
  }
  return object.empty() ? std::string() : boost::json::serialize(object);
}

}  // namespace gannet::worker
