/*
 * Lets the search work from a folder on a disk. Browsers start no worker from file://, so there the worker's
 * script runs in a hidden frame and speaks by the same messages. The theme's offline plugin would load such a
 * script from another host; this one is ours, and asks nobody.
 */
if (location.protocol === "file:") {
  window.IFrameWorker = class IFrameWorker extends EventTarget {
    constructor(url) {
      super()
      this.waiting = []
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.title = "Search"
      document.body.appendChild(frame)
      const inside = frame.contentWindow
      inside.document.open()
      inside.document.write("<!doctype html><html><body></body></html>")
      inside.document.close()
      inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
      inside.importScripts = (...scripts) =>
        scripts.reduce((earlier, script) => earlier.then(() => this.load(inside, script)), Promise.resolve())
      this.load(inside, url).then(() => {
        this.inside = inside
        this.waiting.splice(0).forEach(data => this.postMessage(data))
      })
    }

    load(inside, url) {
      return new Promise((loaded, failed) => {
        const script = inside.document.createElement("script")
        script.src = String(url)
        script.onload = loaded
        script.onerror = failed
        inside.document.body.appendChild(script)
      })
    }

    postMessage(data) {
      if (this.inside) this.inside.dispatchEvent(new MessageEvent("message", { data }))
      else this.waiting.push(data)
    }

    terminate() {}
  }
  window.Worker = window.IFrameWorker
}
