#include "../core/sketch.hpp"

#include <reel/main.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using namespace reel;

namespace {

/// Takes what is written to a stream of the process while it lives.
class captured {
public:
  explicit captured(std::FILE* stream) : stream_{stream}, file_{std::tmpfile()}, saved_{dup(fileno(stream))} {
    std::fflush(stream_);
    dup2(fileno(file_), fileno(stream_));
  }
  ~captured() {
    restore();
    std::fclose(file_);
  }
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;

  std::string text() {
    restore();
    std::rewind(file_);
    std::string result;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_))
      result.push_back(static_cast<char>(c));
    return result;
  }

private:
  void restore() {
    if (saved_ < 0)
      return;
    std::fflush(stream_);
    dup2(saved_, fileno(stream_));
    close(saved_);
    saved_ = -1;
  }
  std::FILE* stream_;
  std::FILE* file_;
  int saved_;
};

struct outcome {
  int status = 0;
  std::string out;
  std::string err;
};

outcome run(std::vector<std::string> arguments, const std::vector<command>& commands = {},
            choreography_info info = {}) {
  info.name = "test";
  arguments.insert(arguments.begin(), "test");
  std::vector<char*> pointers;
  for (auto& argument : arguments)
    pointers.push_back(argument.data());
  captured out{stdout}, err{stderr};
  outcome result;
  result.status = reel::main(static_cast<int>(pointers.size()), pointers.data(), info, commands);
  result.out = out.text();
  result.err = err.text();
  return result;
}

command shout(std::string& said, int status) {
  command result;
  result.name = "shout";
  result.description = "Say something";
  result.options = {{"--word", "WORD", "What to say",
                     [&said](std::string_view word) -> std::optional<std::string> {
                       if (word == "hush")
                         return "hush is no word to shout";
                       said = word;
                       return std::nullopt;
                     }},
                    {"--loud", "", "Say it loud", [&said](std::string_view) -> std::optional<std::string> {
                       said += "!";
                       return std::nullopt;
                     }}};
  result.check = [&said]() -> std::optional<std::string> {
    return said.empty() ? std::optional<std::string>{"there is nothing to say"} : std::nullopt;
  };
  result.run = [status] { return status; };
  return result;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("help goes to stdout and is no fault") {
  const auto help = run({"--help"});
  CHECK(help.status == 0);
  CHECK(help.err.empty());
  for (const char* command : {"check", "graph", "events", "state", "verify"})
    CHECK(contains(help.out, command));
  CHECK(contains(run({"verify", "--help"}).out, "--data"));
}

TEST_CASE("wrong usage is told in a sentence on stderr, with status 2") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"dance"},
                                                    {"verify"},
                                                    {"verify", "--data", "x", "--nonsense"},
                                                    {"state", "--data", "x", "a"}}) {
    const auto result = run(arguments);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.starts_with("test: "));
    CHECK(contains(result.err, " --help."));
  }
}

TEST_CASE("a data directory that is none is told, with status 1") {
  for (const char* command : {"verify", "events"}) {
    const auto result = run({command, "--data", "no/such/directory"});
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(result.err == "test: no/such/directory is no directory: expected one with journals\n");
  }
}

TEST_CASE("a program's own commands: options, checks and status") {
  std::string said;
  CHECK(run({"shout", "--word", "hello", "--loud"}, {shout(said, 7)}).status == 7);
  CHECK(said == "hello!");
  said.clear();
  const auto refused = run({"shout", "--word", "hush"}, {shout(said, 0)});
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "hush is no word to shout"));
  const auto unchecked = run({"shout"}, {shout(said, 0)});
  CHECK(unchecked.status == 2);
  CHECK(contains(unchecked.err, "there is nothing to say"));
  CHECK(contains(run({"shout", "--help"}, {shout(said, 0)}).out, "--word WORD"));
}

TEST_CASE("an exception ends in a sentence and status 1") {
  std::string said = "x";
  auto broken = shout(said, 0);
  broken.run = []() -> int { throw std::runtime_error("the throat is sore"); };
  const auto result = run({"shout"}, {broken});
  CHECK(result.status == 1);
  CHECK(result.err == "test: the throat is sore\n");
}

TEST_CASE("check tells by its status whether the choreography is sound") {
  core::sketch unsound("source intake publishes Placed");
  CHECK(run({"check"}).status == 0);
  CHECK(run({"check"}, {}, unsound.info()).status == 1);
  CHECK(run({"check", "--json"}, {}, unsound.info()).out.starts_with("{\"choreography\":\"test\",\"sound\":false"));
  CHECK(run({"check", "--nonsense"}, {}, unsound.info()).status == 2);
}

TEST_CASE("a command that starts the choreography refuses an unsound one, unless it is allowed") {
  core::sketch unsound("source intake publishes Placed");
  std::string said;
  auto start = shout(said, 0);
  start.starts = true;
  const auto refused = run({"shout", "--word", "hello"}, {start}, unsound.info());
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(contains(refused.err, "event-unhandled"));
  CHECK(contains(refused.err, "--allow-unsound"));
  CHECK(run({"shout", "--word", "hello", "--allow-unsound"}, {start}, unsound.info()).status == 0);
  CHECK(run({"shout", "--word", "hello"}, {start}).status == 0);
  CHECK(run({"shout", "--word", "hello"}, {shout(said, 0)}, unsound.info()).status == 0);
  CHECK(run({"shout", "--allow-unsound"}, {shout(said, 0)}).status == 2);
}
