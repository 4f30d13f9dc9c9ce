SwaggerUIBundle({ url: document.currentScript.dataset.specification, dom_id: "#swagger-ui", deepLinking: true });
