// What @bufbuild/protobuf and @connectrpc/connect take for granted and a mini program does not have. It must run before them, so it
// stands at the head of the file they are in: see vite.js.
(function (root) {
  'use strict';

  function TextEncoder() {}
  TextEncoder.prototype.encoding = 'utf-8';
  TextEncoder.prototype.encode = function (text) {
    // A half of a pair alone is nothing that UTF-8 has.
    var escaped = encodeURIComponent(String(text === undefined ? '' : text).replace(
      /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, function (c) { return c.length === 2 ? c : '\uFFFD'; }));
    var bytes = [];
    for (var i = 0; i < escaped.length; i++) {
      bytes.push(escaped[i] === '%' ? parseInt(escaped.substr((i += 2) - 1, 2), 16) : escaped.charCodeAt(i));
    }
    return new Uint8Array(bytes);
  };

  function TextDecoder(label, options) { this.fatal = !!(options && options.fatal); }
  TextDecoder.prototype.encoding = 'utf-8';
  TextDecoder.prototype.decode = function (data) {
    var bytes = !data ? [] : data.buffer ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
    var text = '', i = bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (i < bytes.length) {
      var first = bytes[i], more = first < 0x80 ? 0 : first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2
        : first >= 0xc2 && first < 0xe0 ? 1 : -1;
      var code = more < 0 ? -1 : more ? first & (0x3f >> more) : first;
      var least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80, most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      i++;
      for (var j = 0; j < more && code >= 0; j++, least = 0x80, most = 0xbf) {
        if (!(bytes[i] >= least && bytes[i] <= most)) { code = -1; } else { code = (code << 6) | (bytes[i++] & 0x3f); }
      }
      if (code < 0 && this.fatal) { throw new TypeError('The encoded data was not valid UTF-8'); }
      text += code < 0 ? '\uFFFD' : code > 0xffff
        ? String.fromCharCode(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff)) : String.fromCharCode(code);
    }
    return text;
  };

  function Headers(from) {
    this._all = {};
    var self = this;
    if (from && typeof from.forEach === 'function') {
      from.forEach(function (a, b) { if (Array.isArray(a)) { self.append(a[0], a[1]); } else { self.append(b, a); } });
    } else if (from) {
      Object.keys(from).forEach(function (name) { self.append(name, from[name]); });
    }
  }
  Headers.prototype.get = function (name) {
    name = String(name).toLowerCase();
    return this.has(name) ? this._all[name] : null;
  };
  Headers.prototype.has = function (name) { return Object.prototype.hasOwnProperty.call(this._all, String(name).toLowerCase()); };
  Headers.prototype.set = function (name, value) { this._all[String(name).toLowerCase()] = String(value).trim(); };
  Headers.prototype.append = function (name, value) { this.set(name, this.has(name) ? this.get(name) + ', ' + value : value); };
  Headers.prototype['delete'] = function (name) { delete this._all[String(name).toLowerCase()]; };
  Headers.prototype.forEach = function (use, self) {
    var all = this._all;
    Object.keys(all).sort().forEach(function (name) { use.call(self, all[name], name, this); }, this);
  };
  Headers.prototype.entries = function () {
    var all = this._all;
    return Object.keys(all).sort().map(function (name) { return [name, all[name]]; })[Symbol.iterator]();
  };
  Headers.prototype[Symbol.iterator] = Headers.prototype.entries;

  function AbortSignal() { this.aborted = false; this.reason = undefined; this._listeners = []; }
  AbortSignal.prototype.addEventListener = function (type, listener) {
    if (type === 'abort' && this._listeners.indexOf(listener) < 0) { this._listeners.push(listener); }
  };
  AbortSignal.prototype.removeEventListener = function (type, listener) {
    this._listeners = this._listeners.filter(function (l) { return l !== listener; });
  };
  AbortSignal.prototype.throwIfAborted = function () { if (this.aborted) { throw this.reason; } };
  function AbortController() { this.signal = new AbortSignal(); }
  AbortController.prototype.abort = function (reason) {
    var signal = this.signal;
    if (signal.aborted) { return; }
    signal.aborted = true;
    signal.reason = reason;
    if (reason === undefined) {
      signal.reason = new Error('This operation was aborted');
      signal.reason.name = 'AbortError';
    }
    signal._listeners.splice(0).forEach(function (listener) { listener.call(signal, { type: 'abort', target: signal }); });
  };

  var missing = { TextEncoder: TextEncoder, TextDecoder: TextDecoder, Headers: Headers };
  Object.keys(missing).forEach(function (name) { if (!root[name]) { root[name] = missing[name]; } });
  if (!root.AbortController || !root.AbortSignal) {
    root.AbortController = AbortController;
    root.AbortSignal = AbortSignal;
  }
})(globalThis);
