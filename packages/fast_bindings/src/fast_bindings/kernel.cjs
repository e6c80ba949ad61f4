// The Node half of fast_bindings: what the jsii kernel's process does differently. See README.md.
//
// It is reached through a two-line file that the Python half writes beside jsii's unpacked runtime. jsii starts
// that file instead of its own; its own then starts a second process, the kernel, with the options of the first.
// So the file travels as an option of the command line: NODE_OPTIONS is never touched, and what the kernel starts
// in turn (npm, a zip of an asset) knows nothing of it.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const threads = require("node:worker_threads");

/**
 * @param {{self: string, runtime: string, packages: string[]}} options the two-line file, jsii's own entry point,
 *   and the npm names of the packages whose index is to be lazy
 */
module.exports = function start({ self, runtime, packages }) {
  if (require.main !== undefined) {
    process.execArgv.push("--require", self);
    require(runtime);
  } else if (threads.isMainThread) {
    process.execArgv = process.execArgv.filter((value, i, all) => value !== self && all[i + 1] !== self);
    makeIndexesLazy(packages);
    makeArchiverLazy();
    readTypesOneByOne();
    readTarballsInLargerChunks();
    finishTypeIndexBeforeExit();
  }
};

/** The first file of a package that the kernel loads is its index: replace it by getters. */
function makeIndexesLazy(packages) {
  const ordinary = Module._extensions[".js"];
  let waiting = packages;
  Module._extensions[".js"] = function (module, filename, ...rest) {
    const name = waiting.find((candidate) => filename.replaceAll("\\", "/").includes(`/node_modules/${candidate}/`));
    if (name !== undefined) {
      waiting = waiting.filter((candidate) => candidate !== name);
      const index = readIndex(fs.readFileSync(filename, "utf8"));
      if (index !== undefined) {
        return defineGetters(module, index);
      }
      console.error(`fast_bindings: the index of ${name} is not laid out as expected, so Node loads it whole`);
    }
    return ordinary.call(this, module, filename, ...rest);
  };
}

const COMMENTS = String.raw`(?:\s|//.*\n|/\*[^]*?\*/)*`;
const HEAD = new RegExp(
  String.raw`^"use strict";${COMMENTS}Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);` +
    String.raw`(?:\s*(?:exports\.\w+ = )+void 0;)+${COMMENTS}`,
);
const LINE = /exports\.(\w+) = require\("(\.[^"]*)"\);\s*/y;
const TAIL = /(?:\/\/.*\s*)*$/y;

/** Returns [name, path] of each submodule, or undefined if the file does anything else than export submodules. */
function readIndex(source) {
  const head = HEAD.exec(source);
  if (head === null) {
    return undefined;
  }
  const entries = [];
  let end = (LINE.lastIndex = head[0].length);
  for (let line = LINE.exec(source); line !== null; line = LINE.exec(source)) {
    entries.push([line[1], line[2]]);
    end = LINE.lastIndex;
  }
  TAIL.lastIndex = end;
  return entries.length > 0 && TAIL.test(source) ? entries : undefined;
}

function defineGetters(module, index) {
  const exports = module.exports;
  const common = { enumerable: true, configurable: true };
  Object.defineProperty(exports, "__esModule", { value: true });
  for (const [name, path] of index) {
    const get = () => {
      const value = module.require(path);
      Object.defineProperty(exports, name, { ...common, writable: true, value });
      return value;
    };
    Object.defineProperty(exports, name, { ...common, get });
  }
}

/**
 * cdktf loads its zip library at start, and it alone takes half of the time. The kernel never calls it: zips are
 * made by a child process. It is still there for whoever touches it.
 */
function makeArchiverLazy() {
  const ordinary = Module._load;
  Module._load = function (request, parent, isMain) {
    if (request !== "archiver" || !parent?.filename?.replaceAll("\\", "/").endsWith("/cdktf/lib/private/fs.js")) {
      return ordinary.call(this, request, parent, isMain);
    }
    let archiver;
    const load = () => (archiver ??= ordinary.call(Module, request, parent, false));
    const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [
      trap,
      (_target, ...values) => Reflect[trap](load(), ...values),
    ]);
    return new Proxy(function () {}, Object.fromEntries(traps));
  };
}

/** jsii reads the whole file of a package's types, 35 MB for AWS, to take a few lines out of it: take just these. */
function readTypesOneByOne() {
  const ordinary = fs.readFileSync;
  fs.readFileSync = function (path, ...rest) {
    if (rest.length > 0 || !/\.jsii\.runtime-defs\.v\d+\.jsonl$/.test(path)) {
      return ordinary.call(fs, path, ...rest);
    }
    const file = fs.openSync(path, "r");
    const slice = (encoding, start, end) => {
      const buffer = Buffer.alloc(end - start);
      return buffer.toString(encoding, 0, fs.readSync(file, buffer, 0, buffer.length, start));
    };
    let whole;
    return new Proxy(Buffer.alloc(0), {
      get(_target, key) {
        if (key === "toString") {
          return (...range) => (range.length === 3 ? slice(...range) : ordinary.call(fs, path).toString(...range));
        }
        whole ??= ordinary.call(fs, path);
        return typeof whole[key] === "function" ? whole[key].bind(whole) : whole[key];
      },
    });
  };
}

/** jsii takes a package's checksum in steps of 16 kB, each into a buffer of its own: 2,300 for AWS. */
function readTarballsInLargerChunks() {
  const ordinary = Module._extensions[".js"];
  Module._extensions[".js"] = function (module, filename, ...rest) {
    Module._extensions[".js"] = ordinary; // the first file is the kernel itself
    const source = fs.readFileSync(filename, "utf8");
    const changed = source.replace("Buffer.alloc(16384)", "Buffer.alloc(1048576)");
    return changed === source ? ordinary.call(this, module, filename, ...rest) : module._compile(changed, filename);
  };
}

/**
 * On the first run jsii writes an index of the package's types in a thread, which saves a second on every later
 * run. A fast app ends before the thread does, so it would be cut off each time; let it finish.
 */
function finishTypeIndexBeforeExit() {
  const pending = new Set();
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      if (String(file).endsWith("runtime-index-worker.js")) {
        pending.add(this);
        this.once("exit", () => pending.delete(this));
      }
    }
  };
  // jsii takes hold of process.exit when its kernel is loaded; all others get Node's own.
  const exit = process.exit;
  process.exit = function (code) {
    if (pending.size === 0) {
      exit.call(process, code);
    }
    for (const worker of pending) {
      worker.once("exit", () => pending.size === 0 && exit.call(process, code));
    }
  };
  setImmediate(() => {
    process.exit = exit;
  });
}
