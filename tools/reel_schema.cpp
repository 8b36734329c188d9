// Turns schemas into what an actor includes: for FILE.fbs the headers FILE_generated.h (flatc) and FILE_events.hpp
// (what flatc does not say: which tables are events, and what they undo).
//
//   reel-schema [-I DIR]... [-o DIR] [--prefix PREFIX] [--depfile FILE] FILE.fbs...
//
// PREFIX is the folder in which the headers are included: with --prefix bank they include each other as
// <bank/FILE_generated.h>. A schema may include "reel/attributes.fbs", which needs no -I. A header that would
// not change is left as it is, so that a build does not go on from it.

#include "attributes.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace {

namespace fs = std::filesystem;

constexpr int failure = 1;
constexpr int wrong_usage = 2;
constexpr std::string_view usage =
    "usage: reel-schema [-I DIR]... [-o DIR] [--prefix PREFIX] [--depfile FILE] FILE.fbs...\n";

struct request {
  std::vector<std::string> include_folders;
  fs::path output = ".";
  std::string prefix; // "bank/", or nothing
  fs::path depfile;
  std::vector<fs::path> schemas;
};

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what);
}

/// Runs a program and waits for it. Its output goes to `output`, or to ours when empty.
void run(std::vector<std::string> words, const fs::path& output = {}) {
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!output.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  }
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    refuse(words[0] + " cannot be started: is it installed?");
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    refuse("refused by " + fs::path(words[0]).filename().string());
  }
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    refuse(path.string() + " cannot be written");
  }
}

void write_if_changed(const fs::path& path, const std::string& text) {
  if (!fs::exists(path) || text_of(path) != text) {
    write(path, text);
  }
}

/// Declares attributes and nothing else, so there is nothing to include.
std::string without_attributes(std::string text, const std::string& prefix) {
  const std::string line = "#include \"" + prefix + "attributes_generated.h\"\n";
  if (const auto at = text.find(line); at != std::string::npos) {
    text.erase(at, line.size());
  }
  return text;
}

/// What a compiler warns of in generated code is not the user's to mend (flatc 23 compares a constant with itself).
std::string without_warnings(std::string text) {
  const std::string guard_end = "#include \"flatbuffers/flatbuffers.h\"";
  if (const auto at = text.find(guard_end); at != std::string::npos) {
    text.insert(at, "#if defined(__GNUC__)\n#pragma GCC system_header\n#endif\n\n");
  }
  return text;
}

/// A folder for what is not final; goes away with it.
class scratch_folder {
public:
  explicit scratch_folder(const fs::path& beside) {
    auto name = (beside / ".reel-schema-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      refuse(beside.string() + " cannot be written to");
    }
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored; // what is left over does no harm
    fs::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  [[nodiscard]] const fs::path& path() const noexcept {
    return path_;
  }

private:
  fs::path path_;
};

/// In a build folder it lies beside this program; when installed it does not.
fs::path schema_traits() {
  const auto folder = fs::read_symlink("/proc/self/exe").parent_path();
  const auto beside = folder / "schema_traits";
  return fs::exists(beside) ? beside : folder / "../libexec/reel/schema_traits";
}

/// What the rule of `flatc -M` says after the target's name, without what lies in the scratch folder.
std::string prerequisites(const std::string& rule, const fs::path& scratch) {
  std::istringstream words(rule.substr(std::min(rule.find(": "), rule.size())));
  std::string kept = ":";
  for (std::string word; words >> word;) {
    if (word != ":" && word != "\\" && word.find(scratch.string()) == std::string::npos) {
      kept += " " + word;
    }
  }
  return kept + "\n";
}

void generate(const request& asked, const fs::path& schema, std::string& dependencies) {
  const scratch_folder scratch(asked.output);
  fs::create_directory(scratch.path() / "reel");
  write(scratch.path() / "reel" / "attributes.fbs", attributes_schema);
  std::vector<std::string> search;
  for (const auto& folder : asked.include_folders) {
    search.insert(search.end(), {"-I", folder});
  }
  search.insert(search.end(), {"-I", scratch.path().string()});
  const auto flatc = [&](std::vector<std::string> options, const fs::path& output = {}) {
    options.insert(options.begin(), "flatc");
    options.insert(options.end(), search.begin(), search.end());
    options.insert(options.end(), {"-o", scratch.path().string(), schema.string()});
    run(std::move(options), output);
  };
  std::vector<std::string> cpp{"--cpp",           "--cpp-std",     "c++17", "--cpp-static-reflection",
                               "--reflect-names", "--scoped-enums"};
  if (!asked.prefix.empty()) {
    cpp.insert(cpp.end(), {"--include-prefix", asked.prefix});
  }
  flatc(cpp);
  flatc({"--binary", "--schema", "--bfbs-builtins", "--bfbs-comments"});
  const auto stem = schema.stem().string();
  const auto events = scratch.path() / (stem + "_events.hpp");
  run({schema_traits().string(), (scratch.path() / (stem + ".bfbs")).string(), asked.prefix + stem, events.string()});
  const auto header = without_attributes(text_of(scratch.path() / (stem + "_generated.h")), asked.prefix);
  write_if_changed(asked.output / (stem + "_generated.h"), without_warnings(header));
  write_if_changed(asked.output / (stem + "_events.hpp"), text_of(events));
  if (!asked.depfile.empty()) {
    const auto rules = scratch.path() / "rules";
    cpp.emplace_back("-M");
    flatc(cpp, rules);
    dependencies += (asked.output / (stem + "_generated.h")).string() + prerequisites(text_of(rules), scratch.path());
  }
}

request read_arguments(int argc, char** argv) {
  request asked;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) {
        refuse(std::string(word) + " needs a value");
      }
      return argv[++i];
    };
    if (word == "-I") {
      asked.include_folders.push_back(value());
    } else if (word == "-o") {
      asked.output = value();
    } else if (word == "--prefix") {
      asked.prefix = value();
    } else if (word == "--depfile") {
      asked.depfile = value();
    } else if (word.starts_with("-")) {
      refuse("there is no option " + std::string(word));
    } else if (!word.ends_with(".fbs")) {
      refuse(std::string(word) + " is no schema: expected a name that ends in .fbs");
    } else {
      const fs::path schema(word);
      asked.schemas.push_back(schema.has_parent_path() ? schema : "." / schema); // flatc wants a path
    }
  }
  if (asked.schemas.empty()) {
    refuse("no schema is given");
  }
  if (!asked.prefix.empty() && !asked.prefix.ends_with('/')) {
    asked.prefix += '/';
  }
  return asked;
}

void generate_all(const request& asked) {
  fs::create_directories(asked.output);
  std::string dependencies;
  for (const auto& schema : asked.schemas) {
    if (!fs::exists(schema)) {
      refuse(schema.string() + " does not exist");
    }
    try {
      generate(asked, schema, dependencies);
    } catch (const std::exception& error) {
      refuse(schema.string() + ": " + error.what());
    }
  }
  if (!asked.depfile.empty()) {
    write(asked.depfile, dependencies);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && (argv[1] == std::string_view("--help") || argv[1] == std::string_view("-h"))) {
    std::cout << usage;
    return 0;
  }
  request asked;
  try {
    asked = read_arguments(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "reel-schema: " << error.what() << '\n' << usage;
    return wrong_usage;
  }
  try {
    generate_all(asked);
  } catch (const std::exception& error) {
    std::cerr << "reel-schema: " << error.what() << '\n';
    return failure;
  }
  return 0;
}
