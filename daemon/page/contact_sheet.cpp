// Images of the job, small.
#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"

namespace gannet::page {

Html contact_sheet(const Sheet& sheet) {
  if (sheet.pictures.empty()) return {};
  Html out;
  out << "<section id=\"sheet\"><h2>Contact sheet</h2><p class=\"note\">"_html << count(sheet.pictures.size())
      << " of the "_html << count(sheet.of) << " images"_html;
  if (!sheet.thumbnails) out << " that have "_html << Sample::most_bytes / 1024 << " KiB or less"_html;
  out << ", chosen by chance, in the order of the list.</p><ul class=\"sheet\">"_html;
  for (const auto& picture : sheet.pictures) {
    const std::string about = "line " + human_count(picture.of.line) + ", " + std::to_string(picture.of.width) + " x " +
                              std::to_string(picture.of.height) + " px, " + human_bytes(picture.of.bytes) + ", " +
                              on_one_line(picture.of.url, 200);
    out << "<li><img loading=\"lazy\" decoding=\"async\" alt=\""_html << about << "\" title=\""_html << about
        << "\" src=\"data:"_html << (sheet.thumbnails ? shown_as("jpeg") : shown_as(picture.of.format))
        << ";base64,"_html << base64(picture.content) << "\"></li>"_html;
  }
  out << "</ul></section>"_html;
  return out;
}

}  // namespace gannet::page
