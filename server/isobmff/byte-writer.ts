/** Appends big-endian fields; grows by doubling, never when `capacityBytes` was right. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;

  constructor(capacityBytes: number) {
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value);
  }

  i32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value);
  }

  zeros(sizeBytes: number): void {
    this.#reserve(sizeBytes);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, at);
  }

  ascii(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#view.setUint8(at + i, text.charCodeAt(i));
  }

  /** A box whose size is known beforehand: its header only. */
  boxHeader(type: string, sizeBytes: number): void {
    this.u32(sizeBytes);
    this.ascii(type);
  }

  /** A box with what `content` appends; its size is filled in afterwards. */
  box(type: string, content: () => void): void {
    const at = this.#at;
    this.boxHeader(type, 0);
    content();
    this.#view.setUint32(at, this.#at - at);
  }

  fullBox(type: string, version: number, flags: number, content: () => void): void {
    this.box(type, () => {
      this.versionAndFlags(version, flags);
      content();
    });
  }

  versionAndFlags(version: number, flags: number): void {
    this.u32(((version << 24) | flags) >>> 0);
  }

  /** What was written; the writer must not be used after. */
  finish(): Uint8Array {
    return this.#at === this.#bytes.byteLength ? this.#bytes : this.#bytes.slice(0, this.#at);
  }

  /** May replace the view: call it before `this.#view` is read. */
  #reserve(sizeBytes: number): number {
    const at = this.#at;
    this.#at = at + sizeBytes;
    if (this.#at > this.#bytes.byteLength) this.#grow();
    return at;
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(this.#at, this.#bytes.byteLength * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
