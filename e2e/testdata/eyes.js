function () {
  'use strict';

  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';
  const names = (e) => [e.getAttribute('aria-label') || '', e.innerText || '', e.value || ''].map(plain);

  // best returns the visible element whose name is the text, else begins with it, else contains it.
  function best(elements, text) {
    const shown = elements.filter(visible);
    const by = (fits) => shown.find((e) => names(e).some(fits));
    return by((n) => n === text) || by((n) => n.startsWith(text)) || by((n) => n.includes(text));
  }

  // control returns the field that belongs to a label, within the group of fields with a legend if one is named.
  function control(text, legend) {
    const group = legend && best(Array.from(document.querySelectorAll('legend')), legend);
    const root = group ? group.closest('fieldset') : document;
    const label = best(Array.from(root.querySelectorAll('label')), text);
    return label ? label.control : root.querySelector('[aria-label="' + text + '"]');
  }

  return {
    // place returns the middle of a link or button that nothing else covers.
    place: function (within, text) {
      const root = within ? document.querySelector(within) : document;
      const found = root && best(Array.from(root.querySelectorAll('a[href], button, summary')), text);
      if (!found || found.disabled) return { Found: false };
      found.scrollIntoView({ block: 'center' });
      const box = found.getClientRects()[0];
      const x = box.left + box.width / 2;
      const y = box.top + box.height / 2;
      return { Found: found.contains(document.elementFromPoint(x, y)), X: x, Y: y };
    },

    // enter puts the cursor into a field and marks what stands there.
    enter: function (label, legend) {
      const field = control(label, legend);
      if (!field || !visible(field)) return false;
      field.focus();
      field.select();
      return document.activeElement === field;
    },

    tick: function (label) {
      const box = control(label);
      if (!box || box.disabled) return false;
      if (!box.checked) box.click();
      return box.checked;
    },

    choose: function (label, text) {
      const field = control(label);
      const option = field && Array.from(field.options).find((o) => plain(o.text) === text);
      if (!option) return false;
      field.value = option.value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
      return true;
    },

    shows: function (text) {
      return plain(document.body.innerText).includes(plain(text));
    },
  };
}
