// Runs a fuzz target without libFuzzer: over every file of a folder, then over mutations of them.
//   TARGET FOLDER MUTATIONS SEED
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "../native/data_path/mutation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

// A copy that is as long as its input and no longer, so that a sanitizer sees what reads on.
void run(const Bytes& input) {
  const Bytes copy(input);
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

// The front of one input and the end of another.
Bytes spliced(const Bytes& a, const Bytes& b, std::mt19937_64& random) {
  Bytes both(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(random() % (a.size() + 1)));
  both.insert(both.end(), b.begin() + static_cast<std::ptrdiff_t>(random() % (b.size() + 1)),
              b.end());
  return both;
}

// Where a failure leaves what made it fail.
void keep(const std::string& path, const Bytes& input) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(input.data()),
             static_cast<std::streamsize>(input.size()));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "use: %s FOLDER MUTATIONS SEED\n", arguments[0]);
    return 2;
  }
  std::vector<Bytes> corpus;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  for (const Bytes& input : corpus) run(input);
  std::mt19937_64 random(std::strtoull(arguments[3], nullptr, 10));
  const std::string last = std::string(arguments[0]) + ".last-input";
  const long mutations = corpus.empty() ? 0 : std::atol(arguments[2]);
  for (long i = 0; i < mutations; ++i) {
    Bytes input = corpus[random() % corpus.size()];
    if (random() % 4 == 0) input = spliced(input, corpus[random() % corpus.size()], random);
    input = odradek::mutate(std::move(input), random);
    keep(last, input);
    run(input);
  }
  std::filesystem::remove(last);
  std::printf("%zu inputs and %ld mutations\n", corpus.size(), mutations);
  return corpus.empty() ? 1 : 0;
}
