export interface Brand {
  readonly title: string;
  readonly logo: string;
  readonly favicon: string;
}

/** Name and pictures of the host's brand; the product's own when they cannot be had, which must not stop anybody. */
export const loadBrand = async (): Promise<Brand> => {
  try {
    const response = await fetch('/api/v3/root/config/');
    const { brand } = (await response.json()) as { brand: Record<string, string> };
    return {
      title: brand['branding_title'] || 'Muniment',
      logo: brand['branding_logo'] ?? '',
      favicon: brand['branding_favicon'] ?? '',
    };
  } catch {
    return { title: 'Muniment', logo: '', favicon: '' };
  }
};
