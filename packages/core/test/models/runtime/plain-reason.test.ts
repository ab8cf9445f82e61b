import { describe, expect, it } from 'vitest';
import { plainReason } from '../../../src/models/runtime/plain-reason.ts';

describe('plainReason', () => {
  it.each([
    [
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
      'Failed to get a WebGPU adapter: No supported adapters',
    ],
    [
      'C:\\a\\_work\\1\\s\\onnxruntime\\core\\session\\provider_bridge_ort.cc:1778 onnxruntime::ProviderLibrary::Get [ONNXRuntimeError] : 1 : FAIL : LoadLibrary failed with error 126\r\n',
      '[ONNXRuntimeError] : 1 : FAIL : LoadLibrary failed with error 126',
    ],
    ['no answer within 60 s', 'no answer within 60 s'],
    ['It was false. So it goes.\n', 'It was false. So it goes.'],
    ['/src/a.cc:1 f() x was false. ', '/src/a.cc:1 f() x was false.'],
  ])('keeps the sentence for people: %s', (given, kept) => {
    expect(plainReason(given)).toBe(kept);
  });
});
