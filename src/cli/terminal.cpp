#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace reel::cli {

bool is_terminal(std::FILE* stream) {
  const char* const term = std::getenv("TERM");
  return isatty(fileno(stream)) != 0 && term != nullptr && std::string_view{term} != "dumb";
}

bool wants_colour(std::FILE* stream) {
  const char* const refused = std::getenv("NO_COLOR");
  return is_terminal(stream) && (refused == nullptr || *refused == '\0');
}

std::size_t terminal_width(std::FILE* stream) {
  constexpr std::size_t usual_width = 80;
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_width;
}

std::string painted(std::string_view text, paint colour, bool enabled) {
  const char* code = nullptr;
  switch (colour) {
  case paint::plain:
    break;
  case paint::bold:
    code = "1";
    break;
  case paint::dim:
    code = "2";
    break;
  case paint::red:
    code = "31";
    break;
  case paint::green:
    code = "32";
    break;
  case paint::yellow:
    code = "33";
    break;
  }
  if (!enabled || code == nullptr)
    return std::string{text};
  return std::string{"\x1b["} + code + "m" + std::string{text} + "\x1b[0m";
}

} // namespace reel::cli
